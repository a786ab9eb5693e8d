# SPDX-License-Identifier: BSD-3-Clause
# Host unit tests: tests/unit/NAME_test.c is one cmocka program, linked with the pure code (libplan.a).
# UNIT_SRC_NAME_test names more sources a test needs (paths from the top, .c). UNIT_NOBE lists the tests
# that are not run big-endian as well.

UNIT_FMT := hv/fmt.c tests/model/libc_host.c

UNIT_SRC_pgtable_test := arch/arm64/pgtable.c
UNIT_SRC_ppc_gtlb_test := $(addprefix arch/ppc-e500mc/,gtlb.c shadow.c)
UNIT_SRC_ppc_emul_test := tests/unit/ppc_fake.c \
	$(addprefix arch/ppc-e500mc/,emul.c emul_spr.c gtlb.c loadstore.c reflect.c timer.c)
UNIT_SRC_ppc_intr_test := $(UNIT_SRC_ppc_emul_test)

CFLAGS_arch/ppc-e500mc := -Iarch/ppc-e500mc/include
$(foreach d,san be,$(patsubst %,$(H)/$(d)/tests/unit/ppc_%.o,fake gtlb_test emul_test intr_test)): \
	CFLAGS_tests/unit := -Iarch/ppc-e500mc/include -Iarch/ppc-e500mc -Ipartitions/include
# For size, as much of the hypervisor: the compiler must not exchange loads and stores there either.
$(foreach d,san be,$(H)/$(d)/tests/unit/mem_test.o): CFLAGS_tests/unit += -Os
UNIT_SRC_insn_test := arch/arm64/insn.c
UNIT_SRC_dtscan_test := arch/arm64/dtscan.c
UNIT_NOBE += dtscan_test
UNIT_SRC_smmu_table_test := drivers/smmuv3_table.c arch/arm64/pgtable.c
UNIT_SRC_smmu_test := tests/unit/smmu_model.c tests/unit/lock_fake.c $(UNIT_FMT) hv/pool.c \
	$(addprefix drivers/,iommu_smmuv3.c iommu_smmuv3_queue.c smmuv3_table.c) arch/arm64/pgtable.c
UNIT_NOBE += smmu_test
UNIT_SRC_pci_test := tests/unit/pci_fake.c tests/unit/lock_fake.c $(UNIT_FMT) hv/pci.c hv/pci_check.c hv/pci_probe.c \
	hv/pci_msix.c hv/pci_reset.c hv/pci_virtio.c hv/vpci.c hv/vpci_filter.c
UNIT_SRC_vpci_test := tests/unit/lock_fake.c hv/vpci.c hv/vpci_filter.c
UNIT_SRC_inflate_test := hv/inflate.c
UNIT_SRC_pool_test := hv/pool.c
UNIT_SRC_lock_test := hv/lock.c
UNIT_SRC_vgic_test := tests/unit/vgic_fake.c hv/msi.c hv/vmsi.c hv/vgic.c hv/vgic_bank.c hv/vgic_dist.c hv/vgic_lr.c \
	hv/vgic_redist.c hv/vgic_route.c hv/vgic_sgi.c hv/vgic_table.c
UNIT_SRC_vgic_life_test := $(UNIT_SRC_vgic_test)
UNIT_SRC_msi_test := $(UNIT_SRC_vgic_test)
UNIT_SRC_vgic_regs_test := $(UNIT_SRC_vgic_test)

UNIT_SRC_gic_its_test := tests/unit/its_fake.c tests/unit/lock_fake.c $(addprefix drivers/,gic_its.c gic_its_cmd.c gic_lpi.c)
UNIT_SRC_gic_its_cmd_test := drivers/gic_its_cmd.c
UNIT_NOBE += gic_its_test
UNIT_NOBE += lock_test

# Parts of the core compile alone against an architecture with nothing in it.
CFLAGS_hv += -Itests/unit/include
CFLAGS_drivers += -Itests/unit/include
CFLAGS_tests/unit += -Itests/unit/include

UNIT := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*_test.c))
UNIT_NOBE ?=
UNIT_BE := $(filter-out $(UNIT_NOBE),$(UNIT))
UNIT_HOST := $(UNIT:%=$(H)/unit/%)
UNIT_PPC := $(UNIT_BE:%=$(H)/unit-be/%)

unit: $(UNIT_HOST) $(UNIT_PPC)
	@mkdir -p $(O)/results
	@tests/unit/run $(O)/results/unit.txt $(UNIT_HOST) --be $(UNIT_PPC)

unit_src = $(patsubst %.c,$(H)/$(2)/%.o,$(UNIT_SRC_$(1)))

.SECONDEXPANSION:
$(UNIT_HOST): $(H)/unit/%: $(H)/san/tests/unit/%.o $$(call unit_src,$$*,san) $(H)/san/libplan.a
	@mkdir -p $(@D)
	@$(HOSTCC) $(SAN_CFLAGS) -o $@ $^ -lfdt -lcmocka

$(UNIT_PPC): $(H)/unit-be/%: $(H)/be/tests/unit/%.o $$(call unit_src,$$*,be) $(H)/be/libplan.a
	@mkdir -p $(@D)
	@$(BECC) -static -o $@ $^
