# SPDX-License-Identifier: BSD-3-Clause
# Guest programs: one source in partitions/programs/ each, linked with the kit in partitions/kit/.

KIT_C := start tree args console pl011 ns16550 irq time hcalls libc test guard
KIT_ARCH_arm64 := arm64/crt0 arm64/vectors arm64/hcall arm64/cpu arm64/gic arm64/time arm64/trap arm64/pci arm64/edu

KIT_ARCH_ppc-e500mc := $(addprefix ppc-e500mc/,crt0 vectors cpu irq trap)

PROGRAMS_arm64 := hello basics smp victim chatter shm bench echo manager deaf edu
PROGRAMS_ppc-e500mc := hello victim chatter shm echo smp manager bench_ppc booke calls dog

G := $(O)/guests/$(ARCH)

GUEST_CPPFLAGS := -Ipartitions -Ipartitions/include
GUEST_arm64 := -fpie -fvisibility=hidden
GUEST_CFLAGS = $(call TARGET_CFLAGS,$(ARCH)) $(GUEST_$(ARCH)) $(GUEST_CPPFLAGS)
# What a layout names: a flat image with an Image header, or the ELF.
GUEST_SUFFIX_arm64 := .bin
GUEST_SUFFIX_ppc-e500mc := .elf
GUEST_LD_arm64 := -pie -Wl,--no-dynamic-linker -Wl,-z,text
# newlib's powerpc-eabi calls the system by plain names.
GUEST_LD_ppc-e500mc := -no-pie -static $(foreach f,sbrk write read close fstat isatty lseek kill getpid,-Wl,--defsym=$(f)=_$(f))
GUEST_LDFLAGS = $(GUEST_LD_$(ARCH)) -nostdlib -nostartfiles -Wl,--gc-sections -Wl,--build-id=none \
	-Wl,-z,noexecstack -Wl,-z,norelro -Wl,--no-warn-rwx-segments

KIT_OBJ := $(KIT_ARCH_$(ARCH):%=$(G)/kit/%.o) $(KIT_C:%=$(G)/kit/%.o)
GUEST_FDT_OBJ := $(FDT_C:%.c=$(G)/libfdt/%.o)

.PHONY: guests
guests: $(PROGRAMS_$(ARCH):%=$(G)/%$(GUEST_SUFFIX_$(ARCH)))

$(G)/libkit.a: $(KIT_OBJ) $(GUEST_FDT_OBJ)
	@rm -f $@
	@$(CROSS)ar rcsD $@ $^

$(PROGRAMS_$(ARCH):%=$(G)/%.elf): $(G)/%.elf: $(G)/programs/%.o $(G)/libkit.a partitions/kit/$(ARCH)/guest.lds
	@echo "  GUEST   $@"
	@$(CROSS)gcc $(MACH_$(ARCH)) $(GUEST_LDFLAGS) -T partitions/kit/$(ARCH)/guest.lds -o $@ \
		$< -Wl,--whole-archive $(G)/libkit.a -Wl,--no-whole-archive $(NEWLIB)/lib/libc.a -lgcc

$(G)/%.bin: $(G)/%.elf
	@$(CROSS)objcopy -O binary $< $@

$(G)/kit/%.o: partitions/kit/%.c | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

$(G)/kit/%.o: partitions/kit/%.S | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(G)/programs/%.o: partitions/programs/%.c | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

$(GUEST_FDT_OBJ): $(G)/libfdt/%.o: $(O)/stamp/libfdt | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) -c -o $@ $(FDT)/$*.c

# The demonstration: BATCH=1 checks it and ends; `run` boots any LAYOUT.
demo run: hv guests linux-guests tools
	@FACET_ARCH=$(ARCH) FACET_BUILD=$(abspath $(O)) FACET_HV_DIR=$(abspath $(B)) partitions/boot $(LAYOUT) $(if $(BATCH),--batch)

# One FIT of hypervisor, layout and images, checked as the demonstration is: U-Boot's bootm takes it.
image: hv guests linux-guests tools
	@FACET_BUILD=$(abspath $(O)) FACET_HV_DIR=$(abspath $(B)) FACET_ARCH=$(ARCH) partitions/boot $(LAYOUT) \
		--image $(abspath $(B))/$(basename $(notdir $(LAYOUT))).itb
