# SPDX-License-Identifier: BSD-3-Clause
# Linux guests: kernels nobody here wrote, and the initramfs they all run.
# $(LINUX_arm64) and $(LINUX_ppc-e500mc) are the files a layout or a test may name.

LINUX_arm64 := $(addprefix $(O)/guests/arm64/,linux-arm64 linux-cloud linux-rt initrd.gz initrd-pci.gz)

$(O)/stamp/linux-arm64: tools/fetch-linux-arm64 tools/apt-private tools/cached $(O)/deps.mk
	@mkdir -p $(@D)
	@tools/cached $(O)/guests/arm64/cache linux-arm64 tools/fetch-linux-arm64 \
		-- tools/fetch-linux-arm64
	@touch $@

# Links into the cache; order-only, because a link has the date of what it points to.
$(filter-out %.gz,$(LINUX_arm64)): | $(O)/stamp/linux-arm64
	@ln -sfn cache/$(@F) $@

$(O)/guests/arm64/initrd.gz: partitions/linux/init tools/make-initrd $(O)/stamp/linux-arm64
	@echo "  INITRD  $@"
	@tools/make-initrd $@ $< $(@D)/cache/busybox $(@D)/cache/lib/modules

# The same with drivers for PCI devices and a filesystem: for partitions that are given disks and networks.
$(O)/guests/arm64/initrd-pci.gz: partitions/linux/init partitions/linux/exercise tools/make-initrd \
		$(O)/stamp/linux-arm64
	@echo "  INITRD  $@"
	@tools/make-initrd $@ $< $(@D)/cache/busybox $(@D)/cache/lib/modules-pci \
		partitions/linux/exercise=bin/exercise

# The ppc kernels are built here: NAME, then the configuration fragments it is made of.
PPC_linux-e500mc    := base e500mc smp devices
PPC_linux-e500mc-up := base e500mc
PPC_linux-e500v2    := base e500v2 smp

PPC_KERNELS := linux-e500mc linux-e500mc-up linux-e500v2
PPC_LINKS := $(foreach k,$(PPC_KERNELS),$(O)/guests/ppc-e500mc/$(k) $(O)/guests/ppc-e500mc/$(k).uImage)
LINUX_ppc-e500mc := $(PPC_LINKS) $(O)/guests/ppc-e500mc/initrd.gz

ppc_fragments = $(patsubst %,partitions/linux/ppc/%.config,$(PPC_$(1)))

.SECONDEXPANSION:
$(PPC_KERNELS:%=$(O)/stamp/%): $(O)/stamp/%: $$(call ppc_fragments,$$*) \
		tools/build-linux-ppc tools/cached $(O)/deps.mk
	@mkdir -p $(@D)
	@tools/cached $(O)/guests/ppc-e500mc/cache-$* $* tools/build-linux-ppc $(filter %.config,$^) \
		"$$(dpkg-query -W linux-source-6.1 gcc-12-powerpc-linux-gnu)" \
		-- tools/build-linux-ppc $(filter %.config,$^)
	@touch $@

$(PPC_LINKS): | $$(O)/stamp/$$(basename $$(@F))
	@ln -sfn cache-$(basename $(@F))/$(if $(filter %.uImage,$@),uImage,vmlinux) $@

$(O)/stamp/busybox-ppc: tools/build-busybox-ppc tools/apt-private tools/cached $(O)/deps.mk
	@mkdir -p $(@D)
	@tools/cached $(O)/guests/ppc-e500mc/cache-busybox busybox-ppc tools/build-busybox-ppc \
		-- tools/build-busybox-ppc
	@touch $@

# facetctl for a Linux that manages partitions, and a program that it can load into one.
PPC_GUESTS := $(O)/guests/ppc-e500mc
FACETCTL_C := $(wildcard tools/facetctl/*.c)

$(PPC_GUESTS)/facetctl: $(FACETCTL_C) $(wildcard tools/facetctl/*.h)
	@mkdir -p $(@D)
	@echo "  BECC    $@"
	@$(BECC) $(HOST_CFLAGS) -static -s -o $@ $(FACETCTL_C)

$(PPC_GUESTS)/stress: partitions/linux/stress.c
	@mkdir -p $(@D)
	@echo "  BECC    $@"
	@$(BECC) $(HOST_CFLAGS) -static -pthread -s -o $@ $< -lm

$(PPC_GUESTS)/initrd.gz: partitions/linux/init tools/make-initrd $(O)/stamp/busybox-ppc \
		$(PPC_GUESTS)/facetctl $(PPC_GUESTS)/stress $(PPC_GUESTS)/hello.elf
	@echo "  INITRD  $@"
	@tools/make-initrd $@ $< $(@D)/cache-busybox/busybox "" $(@D)/facetctl=bin/facetctl $(@D)/stress=bin/stress \
		$(@D)/hello.elf=lib/facet/hello.elf

.PHONY: linux-guests
linux-guests: $(LINUX_$(ARCH))
