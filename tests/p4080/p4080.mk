# SPDX-License-Identifier: BSD-3-Clause
# The P4080 machine model and its tests. Included by the top Makefile, or used alone:
#	make -f tests/p4080/p4080.mk O=build p4080-build p4080-check

O ?= build
P4080_DIR := $(dir $(lastword $(MAKEFILE_LIST)))
P4080_OUT := $(O)/p4080
P4080_BIN := $(P4080_OUT)/facet-p4080
P4080_CC ?= gcc
P4080_CFLAGS := -std=c11 -O2 -g -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wvla -Werror

P4080_SRC := rng.c event.c fault.c lint.c trace.c stats.c bus.c reserve.c ccsr.c \
	core.c step.c excp.c timer.c debug.c pmu.c spr_table.c \
	mmu.c mmu_tlb.c mem.c code.c decode.c oracle.c \
	op_int.c op_logic.c op_mem.c op_branch.c op_sys.c op_tlb.c op_cache.c \
	fpu.c op_fp.c op_fpmem.c \
	machine.c devices.c mpic.c mpic_regs.c law.c guts.c error.c pamu.c pamu_regs.c pamu_oracle.c dma.c virtio.c nor.c uart.c console.c gdb.c gdb_target.c load.c load_image.c \
	boot.c boot_tree.c boot_spin.c
P4080_OBJ := $(P4080_SRC:%.c=$(P4080_OUT)/obj/%.o)

.PHONY: p4080-build p4080-check
p4080-build: $(P4080_BIN)

$(P4080_OUT)/obj/%.o: $(P4080_DIR)%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(P4080_CC) $(P4080_CFLAGS) -MMD -MP -c -o $@ $<

$(P4080_BIN): $(P4080_OBJ) $(P4080_OUT)/obj/main.o
	@echo "  LD      $@"
	@$(P4080_CC) -o $@ $^ -lfdt -lz

-include $(wildcard $(P4080_OUT)/obj/*.d)

# --- directed bare-metal programs: exit code 0 = every check held ---
P4080_PPC := powerpc-linux-gnu-gcc
P4080_DIRECTED := $(patsubst $(P4080_DIR)directed/t-%.c,%,$(wildcard $(P4080_DIR)directed/t-*.c))
P4080_KIT := $(P4080_DIR)directed/kit.S $(P4080_DIR)directed/kit.c $(P4080_DIR)directed/text.c
P4080_PPCFLAGS := -mcpu=e500mc -m32 -O1 -g -std=gnu11 -Wall -Wextra -ffreestanding -fno-pic -fno-pie \
	-fno-stack-protector -msoft-float -nostdlib -static -Wl,--build-id=none \
	-Wl,--no-warn-rwx-segments -Wa,--noexecstack -I$(P4080_DIR)directed

$(P4080_OUT)/directed/%.elf: $(P4080_DIR)directed/t-%.c $(P4080_KIT) $(P4080_DIR)directed/kit.h \
		$(P4080_DIR)directed/kit_regs.h $(P4080_DIR)directed/link.ld
	@mkdir -p $(@D)
	@echo "  PPC     $<"
	@$(P4080_PPC) $(P4080_PPCFLAGS) -T $(P4080_DIR)directed/link.ld $(P4080_KIT) $< -o $@

.PHONY: p4080-directed
p4080-directed: p4080-build $(P4080_DIRECTED:%=$(P4080_OUT)/directed/%.elf)
	@sh $(P4080_DIR)directed/run.sh $(P4080_BIN) $(P4080_OUT)/directed

p4080-check: p4080-directed

# --- operand judge: every user instruction, special and random operands, against the emulators ---
P4080_JUDGE := $(P4080_DIR)judge
P4080_OPS := $(P4080_JUDGE)/ops.c $(P4080_JUDGE)/run-op.S $(P4080_OUT)/judge/ops-table.S

$(P4080_OUT)/judge/ops-table.S: $(P4080_JUDGE)/gen-ops.py
	@mkdir -p $(@D)
	@python3 $< > $@

$(P4080_OUT)/judge/ops-user.elf: $(P4080_OPS) $(P4080_JUDGE)/user.c $(P4080_DIR)directed/text.c
	@$(P4080_PPC) $(P4080_PPCFLAGS) $^ -o $@
$(P4080_OUT)/judge/ops-bare.elf: $(P4080_OPS) $(P4080_KIT)
	@$(P4080_PPC) $(P4080_PPCFLAGS) -T $(P4080_DIR)directed/link.ld $^ -o $@
$(P4080_OUT)/judge/ops-enables.elf: $(P4080_OPS) $(P4080_KIT)
	@$(P4080_PPC) $(P4080_PPCFLAGS) -DENABLES=1 -T $(P4080_DIR)directed/link.ld $^ -o $@
$(P4080_OUT)/judge/ops-ppce500.elf: $(P4080_OPS) $(P4080_KIT)
	@$(P4080_PPC) $(P4080_PPCFLAGS) -DENABLES=1 -DKIT_PPCE500 -T $(P4080_DIR)directed/link.ld $^ -o $@

.PHONY: p4080-ops p4080-mutate
p4080-ops: p4080-build $(addprefix $(P4080_OUT)/judge/ops-,user.elf bare.elf enables.elf ppce500.elf)
	@sh $(P4080_JUDGE)/ops.sh $(P4080_BIN) $(P4080_OUT)/judge

p4080-mutate: p4080-directed
	@python3 $(P4080_JUDGE)/mutate.py $(P4080_BIN) $(P4080_OUT)/directed

p4080-check: p4080-ops p4080-mutate

# --- lock-step judge: the same supervisor program, compared with QEMU after every instruction ---
P4080_LOCKSTEP := $(P4080_JUDGE)/lockstep.c $(P4080_KIT)
$(P4080_OUT)/judge/lockstep.elf: $(P4080_LOCKSTEP)
	@mkdir -p $(@D)
	@$(P4080_PPC) $(P4080_PPCFLAGS) -DKIT_NO_HV -T $(P4080_DIR)directed/link.ld $^ -o $@
$(P4080_OUT)/judge/lockstep-ppce500.elf: $(P4080_LOCKSTEP)
	@mkdir -p $(@D)
	@$(P4080_PPC) $(P4080_PPCFLAGS) -DKIT_PPCE500 -T $(P4080_DIR)directed/link.ld $^ -o $@

.PHONY: p4080-lockstep
p4080-lockstep: p4080-build $(P4080_OUT)/judge/lockstep.elf $(P4080_OUT)/judge/lockstep-ppce500.elf
	@python3 $(P4080_JUDGE)/lockstep.py $(P4080_BIN) $(P4080_OUT)/judge/lockstep.elf $(P4080_OUT)/judge/lockstep-ppce500.elf $(P4080_OUT)/judge

p4080-check: p4080-lockstep

# --- mainline Linux as judge: natively, with PAMU and DMA, with KVM ---
# Kernel, tree and busybox are built once per machine and user (tools/cached).
P4080_CONFIG := $(P4080_DIR)configs/linux-p4080.config

.PHONY: p4080-linux p4080-images
p4080-images:
	@mkdir -p $(P4080_OUT)
	@tools/cached $(P4080_OUT)/linux linux-p4080 tools/build-linux-ppc $(P4080_CONFIG) \
		-- tools/build-linux-ppc $(abspath $(P4080_CONFIG))
	@tools/cached $(P4080_OUT)/dtb p4080-dtb $(P4080_DIR)build-dtb -- $(P4080_DIR)build-dtb
	@tools/cached $(P4080_OUT)/busybox busybox-ppc tools/build-busybox-ppc -- tools/build-busybox-ppc
	@$(P4080_JUDGE)/build-kvm $(P4080_OUT) $(P4080_OUT)/linux/vmlinux $(P4080_OUT)/busybox/busybox

p4080-linux: p4080-build p4080-images
	@python3 $(P4080_JUDGE)/linux.py $(P4080_BIN) $(P4080_OUT)

p4080-check: p4080-linux

# --- the model's own promises, and its tables ---
$(P4080_OUT)/tables: $(P4080_JUDGE)/tables.c $(P4080_OBJ)
	@$(P4080_CC) $(P4080_CFLAGS) -o $@ $^ -lfdt -lz

$(P4080_OUT)/directed/x/%.elf: $(P4080_DIR)directed/x-%.c $(P4080_KIT) $(P4080_DIR)directed/kit.h
	@mkdir -p $(@D)
	@$(P4080_PPC) $(P4080_PPCFLAGS) -T $(P4080_DIR)directed/link.ld $(P4080_KIT) $< -o $@

.PHONY: p4080-engine
p4080-engine: p4080-directed $(P4080_OUT)/tables $(P4080_OUT)/directed/x/engine.elf
	@$(P4080_OUT)/tables
	@python3 $(P4080_JUDGE)/engine.py $(P4080_BIN) $(P4080_OUT)

p4080-check: p4080-engine

.PHONY: p4080-loaders
p4080-loaders: p4080-directed p4080-images $(P4080_OUT)/directed/x/engine.elf
	@python3 $(P4080_JUDGE)/loaders.py $(P4080_BIN) $(P4080_OUT)

p4080-check: p4080-loaders

.PHONY: p4080-gdb
p4080-gdb: p4080-directed
	@python3 $(P4080_JUDGE)/gdb.py $(P4080_BIN) $(P4080_OUT)

p4080-check: p4080-gdb

# --- the hypervisor on this machine: category E.HV is found, and refused ---
.PHONY: p4080-hypervisor
p4080-hypervisor: p4080-build p4080-images
	@$(MAKE) -f Makefile --no-print-directory ARCH=ppc-e500mc hv guests
	@python3 $(P4080_JUDGE)/hypervisor.py $(P4080_BIN) $(P4080_OUT) $(O)

p4080-check: p4080-hypervisor

# --- the tier of `make check`: every judge, also after one has failed ---
.PHONY: p4080
p4080:
	@mkdir -p $(O)/results $(P4080_OUT)
	@status=0; $(MAKE) -f $(firstword $(MAKEFILE_LIST)) --no-print-directory -k p4080-check \
		>$(P4080_OUT)/check.log 2>&1 || status=1; \
	grep -E '^(PASS|FAIL) ' $(P4080_OUT)/check.log | tee $(O)/results/p4080.txt; exit $$status
