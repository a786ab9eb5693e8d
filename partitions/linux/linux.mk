# SPDX-License-Identifier: BSD-3-Clause
# Linux guests: kernels nobody here wrote, and the initramfs they all run.
# $(LINUX_arm64) and $(LINUX_ppc-e500mc) are the files a layout or a test may name.

LINUX_arm64 := $(addprefix $(O)/guests/arm64/,linux-arm64 linux-cloud linux-rt initrd.gz)

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

.PHONY: linux-guests
linux-guests: $(LINUX_$(ARCH))
