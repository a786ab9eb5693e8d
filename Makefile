# SPDX-License-Identifier: BSD-3-Clause
# Facet: build, run and test. One make, no recursion into folders; everything generated goes under $(O).
#
#   make demo                 the three-partition demonstration (BATCH=1: ends by itself)
#   make run LAYOUT=NAME      any layout: a file, or one of partitions/BOARD/ by name
#   make check                every test tier; prints "N passed, N failed"
#   make ARCH=ppc-e500mc      the hypervisor for the other architecture
#   make hv BUNDLE=F.itb      with a layout and its images inside, in a folder of its own
#   make CHECKED=1            with UBSan in trap mode, in a folder of its own
#
# To add a file, name it in the list of its folder below; to add a test, a guest or a tool, see the
# fragments tests/*/*.mk, partitions/partitions.mk and tools/tools.mk.

# A board tells the architecture, an architecture its board.
ARCH_ppce500      := ppc-e500mc
ARCH_qemu-ppce500 := ppc-e500mc
BOARD_arm64       := qemu-virt
BOARD_ppc-e500mc  := ppce500

ifndef ARCH
ARCH   := $(or $(ARCH_$(BOARD)),arm64)
endif
O      ?= build
BOARD  ?= $(BOARD_$(ARCH))
LAYOUT ?= partitions/$(BOARD:qemu-ppce500=ppce500)/three.dts

ARCHES := arm64 ppc-e500mc

ifeq ($(filter $(ARCH),$(ARCHES)),)
$(error ARCH=$(ARCH): choose one of $(ARCHES))
endif

# ---------------------------------------------------------------------------------------------------
# What the hypervisor is made of

HV_C := bc.c boot.c console.c cpu.c dma.c dma_fault.c doorbell.c errq.c fmt.c gmem.c gtree.c hc_ipc.c inflate.c load_gzip.c hc_mem.c hc_part.c \
	hcall.c libc.c load.c load_elf.c lock.c log.c main.c mux.c panic.c part.c part_cycle.c pool.c queue.c \
	shell.c shell_iommu.c shell_life.c shell_look.c summary.c trap.c uarts.c vdev.c vuart.c vuart_ns16550.c vuart_pl011.c

PLAN_C := arena.c text.c tree.c treeq.c check.c geom.c hw.c hwdev.c hwpci.c hwirq.c hwdma.c bars.c cfg.c cfgmem.c \
	memcheck.c cfgdev.c cfgpci.c pcifn.c devcheck.c cfgpart.c cfgchan.c cfgbell.c cfgdma.c cfgerr.c guestmem.c virq.c image.c \
	bundle.c live.c update.c gtree.c flat.c gtree_arm64.c gtree_ppc.c gtuart.c gtmsi.c gtdev.c gtpci.c gthandles.c lint.c dump.c plan.c

HV_C_arm64 := hc_irq_none.c msi.c pci.c pci_check.c pci_msix.c pci_probe.c pci_reset.c pci_virtio.c shell_pci.c vgic.c vgic_bank.c vgic_dist.c \
	vgic_lr.c vgic_redist.c vgic_route.c vgic_sgi.c vgic_table.c vmsi.c vpci.c vpci_filter.c
ARCH_C_arm64 := abort.c cpu.c dtscan.c gich.c gspace.c hmem.c insn.c main.c pgtable.c quick.c psci.c sysreg.c \
	trap.c traps.c vcpu.c vtime.c
ARCH_S_arm64 := head.S string.S vectors.S
DRV_C_arm64 := gic_its.c gic_its_cmd.c gic_lpi.c iommu_smmuv3.c iommu_smmuv3_queue.c irqc_gicv2.c irqc_gicv3.c \
	pci_ecam.c smmuv3_table.c table.c table_arm64.c uart_pl011.c

HV_C_ppc-e500mc := mem.c hc_irq.c pci_none.c
ARCH_C_ppc-e500mc := board.c context.c cpu.c emul.c emul_spr.c gtlb.c hvpic.c irq.c loadstore.c mmu.c \
	pic.c reflect.c shadow.c spintable.c timer.c tlb.c trap.c vcpu.c vmpic.c
ARCH_S_ppc-e500mc := head.S vectors.S fast.S refill.S
DRV_C_ppc-e500mc := irqc_mpic.c table.c table_ppc.c uart_ns16550.c

FDT_C := fdt.c fdt_ro.c fdt_wip.c fdt_sw.c fdt_rw.c fdt_strerror.c fdt_empty_tree.c fdt_addresses.c

HV_SRC := $(HV_C:%=hv/%) $(HV_C_$(ARCH):%=hv/%) $(PLAN_C:%=hv/plan/%) $(DRV_C_$(ARCH):%=drivers/%) \
	$(ARCH_C_$(ARCH):%=arch/$(ARCH)/%) $(ARCH_S_$(ARCH):%=arch/$(ARCH)/%) $(if $(BUNDLE),hv/bundle.S)

# ---------------------------------------------------------------------------------------------------
# Tools and flags

CROSS_arm64      := aarch64-linux-gnu-
CROSS_ppc-e500mc := powerpc-linux-gnu-
CROSS := $(CROSS_$(ARCH))

PYTHON := /usr/bin/python3
HOSTCC := gcc
BECC   := powerpc-linux-gnu-gcc

B := $(O)/$(ARCH)$(if $(CHECKED),-checked)$(if $(BUNDLE),-bundle)
T := $(O)/$(ARCH)
H := $(O)/host
NEWLIB := $(T)/newlib
FDT    := $(O)/libfdt

WARN := -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes -Wundef -Werror

# No floating point or SIMD register is ever touched at the hypervisor's level: they are the guest's.
MACH_arm64 := -mgeneral-regs-only -mstrict-align -mno-outline-atomics
MACH_ppc-e500mc := -m32 -mcpu=8548 -msoft-float -mlong-double-64 -mno-altivec

# The arm64 image runs wherever it was put and relocates itself; the ppc image maps itself at its address.
HV_arm64 := -fomit-frame-pointer -fpie -fvisibility=hidden -mstack-protector-guard=global
HV_ppc-e500mc := -fno-pic -fno-pie -mstack-protector-guard=global
HVLD_arm64 := -pie -Wl,--no-dynamic-linker -Wl,-z,text
HVLD_ppc-e500mc := -no-pie -static

# Flags for everything that is compiled for a target; the C library is newlib's, never the cross libc.
TARGET_CFLAGS = $(MACH_$(1)) -std=gnu11 -O2 -g -ffreestanding -fno-common -ffunction-sections \
	-fdata-sections -fno-strict-aliasing -fno-asynchronous-unwind-tables -U__linux__ -Ulinux \
	-nostdinc -isystem $(O)/$(1)/newlib/include -isystem $(O)/libfdt \
	-isystem /usr/lib/gcc-cross/$(patsubst %-,%,$(CROSS_$(1)))/12/include

PLAN_arm64      := PLAN_ARM64
PLAN_ppc-e500mc := PLAN_PPC
HV_CPPFLAGS := -DPLAN_ONLY=$(PLAN_$(ARCH)) -I. -Iarch/$(ARCH)/include -Ipartitions/include
HV_CFLAGS = $(call TARGET_CFLAGS,$(ARCH)) -fbuiltin $(HV_$(ARCH)) $(HV_CPPFLAGS) -fstack-protector-strong \
	-fcallgraph-info=su,da $(CFLAGS_CHECKED)
CFLAGS_CHECKED := $(if $(CHECKED),-fsanitize=undefined -fsanitize-undefined-trap-on-error -DFACET_CHECKED)
HV_LDFLAGS = $(HVLD_$(ARCH)) -nostdlib -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack \
	-Wl,-z,norelro -Wl,--no-warn-rwx-segments -Wl,-Map,$(B)/hv.map

HOST_CFLAGS := -std=gnu11 -O2 -g $(WARN) -I.
SAN_CFLAGS  := $(HOST_CFLAGS) -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
BE_CFLAGS   := $(HOST_CFLAGS) -isystem $(FDT) -Itests/unit/be

# ---------------------------------------------------------------------------------------------------
# Top-level goals

.PHONY: deps all hv demo run check unit plans model desk system hostile bench lint image clean
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

all: hv

# Packages are installed before anything else: make remakes this included file first, then starts over.
ifneq ($(MAKECMDGOALS),clean)
include $(O)/deps.mk
endif
$(O)/deps.mk: tools/install
	@mkdir -p $(@D)
	@tools/install build test guests
	@echo "# tools/install has run" >$@

deps:
	@tools/install build test guests

clean:
	rm -rf $(O)

# All tiers run even when one fails; the last line is the total. TIERS= chooses some. The tiers that boot
# something run for every architecture that is there.
LIVE_ARCHES := $(patsubst arch/%/hv.lds.S,%,$(wildcard $(ARCHES:%=arch/%/hv.lds.S)))
TIERS ?= lint unit plans model desk p4080 $(LIVE_ARCHES:%=system@%) $(LIVE_ARCHES:%=hostile@%)
check:
	@MAKE=$(MAKE) tests/report $(O) $(TIERS)

# A tier written for pytest is one line: `system: prerequisites; $(PYTEST) tests/system`.
PYTEST = @FACET_RESULTS=$(abspath $(O))/results/$@.txt FACET_BUILD=$(abspath $(O)) FACET_ARCH=$(ARCH) \
	FACET_HV_DIR=$(abspath $(B)) $(PYTHON) -B -m pytest -q -p no:cacheprovider

desk: tools $(H)/san/facet-check $(H)/be/facet-check
	$(PYTEST) tests/tools tests/lint

# ---------------------------------------------------------------------------------------------------
# Libraries from Debian source packages, built once per machine (see tools/cached)

$(O)/stamp/libfdt: tools/fetch-libfdt tools/cached $(O)/deps.mk
	@mkdir -p $(@D)
	@tools/cached $(FDT) libfdt tools/fetch-libfdt "$$(dpkg-query -W linux-source-6.1)" \
		-- tools/fetch-libfdt
	@touch $@

$(O)/stamp/newlib-%: tools/build-newlib tools/cached $(O)/deps.mk
	@mkdir -p $(@D)
	@tools/cached $(O)/$*/newlib newlib-$* tools/build-newlib \
		"$$(dpkg-query -W newlib-source gcc-12-aarch64-linux-gnu gcc-12-powerpc-linux-gnu)" \
		-- tools/build-newlib $*
	@touch $@

LIBS := $(O)/stamp/libfdt $(O)/stamp/newlib-$(ARCH)

# ---------------------------------------------------------------------------------------------------
# The hypervisor

HV_OBJ  := $(patsubst %,$(B)/%.o,$(basename $(HV_SRC)))
FDT_OBJ := $(FDT_C:%.c=$(B)/libfdt/%.o)

hv: $(B)/hv.elf $(B)/hv.bin

$(B)/hv.elf: $(HV_OBJ) $(FDT_OBJ) $(B)/hv.lds
	@echo "  LD      $@"
	@$(CROSS)gcc $(MACH_$(ARCH)) $(HV_LDFLAGS) -T $(B)/hv.lds -o $@ $(HV_OBJ) $(FDT_OBJ) \
		$(NEWLIB)/lib/libc.a -lgcc

$(B)/hv.bin: $(B)/hv.elf
	@$(CROSS)objcopy -O binary $< $@
	@$(CROSS)size $<

$(B)/hv.lds: arch/$(ARCH)/hv.lds.S | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc -E -P -x assembler-with-cpp $(HV_CPPFLAGS) -MMD -MT $@ -o $@ $<

# Small matters more than fast, but where a running guest comes by often.
HOT := arch/% hv/bc.c hv/doorbell.c hv/hc%.c hv/inflate.c hv/lock.c hv/mem.c hv/msi.c hv/queue.c hv/trap.c hv/vdev.c \
	hv/vgic% hv/vmsi.c hv/vpci% drivers/gic_lpi.c drivers/irqc%
COLD := arch/arm64/gspace.c arch/arm64/hmem.c arch/arm64/main.c arch/arm64/psci.c hv/hc_mem.c hv/hc_part.c

# On arm64 one instruction reaches 1 MiB to both sides: all of the image, unless a bundle lies in it, but the
# large buffers, which these files use. The link fails where it does not.
FAR := arch/arm64/gspace.c arch/arm64/hmem.c hv/boot.c hv/gmem.c hv/hc_mem.c hv/load_gzip.c hv/log.c hv/pool.c
NEAR_arm64 := $(if $(BUNDLE),,-mcmodel=tiny)

$(B)/%.o: %.c Makefile | $(LIBS)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CROSS)gcc $(HV_CFLAGS) $(if $(filter $(FAR),$<),,$(NEAR_$(ARCH))) $(if $(filter $(HOT),$(filter-out $(COLD),$<)),,-Os) $(WARN) -MMD -MP -c -o $@ $<

$(B)/hv/bundle.o: $(BUNDLE)
$(B)/hv/bundle.o: HV_CPPFLAGS += '-DBUNDLE="$(abspath $(BUNDLE))"'

$(B)/%.o: %.S | $(LIBS)
	@mkdir -p $(@D)
	@echo "  AS      $@"
	@$(CROSS)gcc $(HV_CFLAGS) -MMD -MP -c -o $@ $<

$(FDT_OBJ): $(B)/libfdt/%.o: $(O)/stamp/libfdt | $(LIBS)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CROSS)gcc $(HV_CFLAGS) -Os -c -o $@ $(FDT)/$*.c

# ---------------------------------------------------------------------------------------------------
# Pure code on the host: plain for tools, with sanitizers for tests, big-endian 32-bit under qemu-user

PLAN_SRC := $(PLAN_C:%=hv/plan/%)

$(H)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(HOST_CFLAGS) $(CFLAGS_$(<D)) -MMD -MP -c -o $@ $<

$(H)/san/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(SAN_CFLAGS) $(CFLAGS_$(<D)) -MMD -MP -c -o $@ $<

# The core on the fake architecture: tests/model/include/arch/ takes the place of arch/$(ARCH)/include/arch/.
$(H)/model/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(SAN_CFLAGS) -Itests/model/include $(CFLAGS_$(<D)) -MMD -MP -c -o $@ $<

$(H)/be/%.o: %.c | $(O)/stamp/libfdt
	@mkdir -p $(@D)
	@echo "  BECC    $@"
	@$(BECC) $(BE_CFLAGS) $(CFLAGS_$(<D)) -MMD -MP -c -o $@ $<

$(H)/libplan.a: $(PLAN_SRC:%.c=$(H)/%.o)
$(H)/san/libplan.a: $(PLAN_SRC:%.c=$(H)/san/%.o)
$(H)/be/libplan.a: $(PLAN_SRC:%.c=$(H)/be/%.o) $(FDT_C:%.c=$(H)/be/libfdt/%.o)
$(H)/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcsD $@ $^

$(FDT_C:%.c=$(H)/be/libfdt/%.o): $(H)/be/libfdt/%.o: $(O)/stamp/libfdt
	@mkdir -p $(@D)
	@$(BECC) -O2 -g -c -o $@ $(FDT)/$*.c

# ---------------------------------------------------------------------------------------------------
# Fragments: each adds its objects, guests, tools or test tier

include $(wildcard tools/tools.mk partitions/partitions.mk partitions/*/*.mk tests/*/*.mk)

# Header dependencies of everything built before
-include $(shell find $(O) -name '*.d' 2>/dev/null)
