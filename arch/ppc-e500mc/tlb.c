/* SPDX-License-Identifier: BSD-3-Clause */
/* The hardware TLBs: the hypervisor's own map, windows into memory, shadows for guests. */
/*
 * Every entry of the hypervisor is in TLB1, address space 0, TID 0, IPROT. Guests live in address
 * space 1. Layout of TLB1 and of the effective addresses is in map.h.
 */
#include "tlb.h"

#include "arch/regs.h"
#include "arch/types.h"
#include "hv/cpu.h"
#include "map.h"
#include "spr_access.h"

static struct tlb_core core;

const struct tlb_core *tlb_core(void)
{
	return &core;
}

#define PVR_VERSION 0xffff0000u
#define PVR_E500MC 0x80230000u
#define PVR_E500V2 0x80210000u

/*
 * Category E.HV works only if MMUCFG claims logical partition ids *and* LPIDR is a real register:
 * some emulators claim the first without the second. Reading an absent SPR leaves the target
 * unchanged or traps, so two different presets tell (vectors.S steps over the trap).
 */
static bool probe_ehv(void)
{
	uint64_t both;

	if (field_get(MMUCFG_LPIDSIZE, core.mmucfg) == 0) {
		return false;
	}
	both = probe_lpidr(0x5a5a0001, 0xa5a50002);
	return (uint32_t)both == (uint32_t)(both >> 32);
}

void tlb_probe(void)
{
	core.pvr = mfspr(287);
	core.svr = mfspr(1023);
	core.mmucfg = mfspr(SPR_MMUCFG);
	core.l1cfg[0] = mfspr(515);
	core.l1cfg[1] = mfspr(516);
	core.tlb1_count = mfspr(SPR_TLB1CFG) & 0xfff;
	core.is_e500mc = (core.pvr & PVR_VERSION) != PVR_E500V2;
	core.has_ehv = probe_ehv();
}

static void write_tlb1(unsigned int entry, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7)
{
	mtspr(SPR_MAS0, MAS0_TLBSEL1 | field_put(MAS0_ESEL, entry));
	mtspr(SPR_MAS1, mas1);
	mtspr(SPR_MAS2, mas2);
	mtspr(SPR_MAS3, mas3);
	mtspr(SPR_MAS7, mas7);
	tlbwe();
}

/* size: a power of 4 of at least 4 KiB; ea and pa multiples of it. perm: MAS3 supervisor bits. */
void tlb_map(unsigned int entry, uint32_t ea, uint64_t pa, uint64_t size, uint32_t wimge, uint32_t perm)
{
	uint32_t tsize = (uint32_t)__builtin_ctzll(size) - 10;

	write_tlb1(entry, MAS1_V | MAS1_IPROT | (uint32_t)field_put(MAS1_TSIZE, tsize), ea | wimge,
		   (uint32_t)pa | perm, (uint32_t)(pa >> 32));
}

void tlb_unmap(unsigned int entry)
{
	write_tlb1(entry, 0, 0, 0, 0);
}

void shadow_hw_small(unsigned int way, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7)
{
	mtspr(SPR_MAS0, field_put(MAS0_ESEL, way));
	mtspr(SPR_MAS1, mas1);
	mtspr(SPR_MAS2, mas2);
	mtspr(SPR_MAS3, mas3);
	mtspr(SPR_MAS7, mas7);
	tlbwe();
}

void shadow_hw_big(unsigned int entry, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7)
{
	write_tlb1(entry, mas1, mas2, mas3, mas7);
}

void shadow_hw_flush_small(void)
{
	mtspr(SPR_MMUCSR0, MMUCSR0_TLB0_FI);
	while ((mfspr(SPR_MMUCSR0) & MMUCSR0_TLB0_FI) != 0) {
		/* completes within a few cycles on every e500 (EREF 6.5.5); nothing else can */
	}
	isync();
}

void tlb_set_guest_pid(uint32_t epc)
{
	if (mfspr(SPR_EPLC) == epc) {
		return; /* on QEMU even an equal write of PID flushes the soft TLB */
	}
	mtspr(SPR_EPLC, epc);
	mtspr(SPR_EPSC, epc);
	mtspr(SPR_PID, epc & 0xff);
	isync();
}

void tlb_set_debug(uint32_t dbcr0)
{
	if (mfspr(SPR_DBCR0) != dbcr0) {
		mtspr(SPR_DBCR0, dbcr0);
		isync();
	}
}

void tlb_load_user_sprgs(const uint32_t sprg3_to_7[5])
{
	__asm__ volatile("mtspr 275, %0; mtspr 276, %1; mtspr 277, %2; mtspr 278, %3; mtspr 279, %4"
			 :
			 : "r"(sprg3_to_7[0]), "r"(sprg3_to_7[1]), "r"(sprg3_to_7[2]),
			   "r"(sprg3_to_7[3]), "r"(sprg3_to_7[4]));
}

/* ---- views of memory --------------------------------------------------------------------------- */

/* The window goes wherever it is asked to go. */
void arch_hmem_ram(const struct tree *hw)
{
	(void)hw;
}

/* One sliding window a CPU: an IPROT entry of 16 MiB, moved when the address leaves it. */
void *arch_hmem(hpa_t at, uint64_t *size)
{
	struct cpu_arch *a = &cpu_self()->arch;
	uint64_t raw = hpa_raw(at);
	uint64_t base = align_down(raw, MAP_WINDOW_SIZE);
	uint64_t off = raw - base;

	if (a->window != base) {
		tlb_map(TLB1_WINDOW, MAP_WINDOW, base, MAP_WINDOW_SIZE, MAS2_M, MAS3_SR | MAS3_SW);
		a->window = base;
	}
	if (*size > MAP_WINDOW_SIZE - off) {
		*size = MAP_WINDOW_SIZE - off;
	}
	return (void *)(uintptr_t)(MAP_WINDOW + off);
}

static struct {
	uint64_t base;
} device_slots[MAP_DEVICE_SLOTS];
static unsigned int device_slot_count;

/* Registers come in chunks of 1 MiB, each with an entry of its own; CCSR is one chunk. */
volatile void *arch_hmem_device(hpa_t at, uint64_t size)
{
	uint64_t base = align_down(hpa_raw(at), MIB(1));
	uint64_t off = hpa_raw(at) - base;
	unsigned int i;

	if (size == 0 || size > MIB(1) - off) {
		return NULL;
	}
	for (i = 0; i < device_slot_count && device_slots[i].base != base; i++) {
	}
	if (i == MAP_DEVICE_SLOTS) {
		return NULL;
	}
	if (i == device_slot_count) {
		device_slots[device_slot_count++].base = base;
		tlb_map_device(i);
	}
	return (volatile void *)(uintptr_t)(MAP_DEVICES + i * MIB(1) + off);
}

void tlb_map_device(unsigned int slot)
{
	tlb_map(TLB1_DEVICES + slot, MAP_DEVICES + slot * (uint32_t)MIB(1), device_slots[slot].base, MIB(1),
		MAS2_I | MAS2_G, MAS3_SR | MAS3_SW);
}

/* A CPU that starts later takes over the device map of the boot CPU. */
void tlb_map_all_devices(void)
{
	for (unsigned int i = 0; i < device_slot_count; i++) {
		tlb_map_device(i);
	}
}
