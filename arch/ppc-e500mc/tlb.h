/* SPDX-License-Identifier: BSD-3-Clause */
/* The hardware TLBs and the facts of this core type. */
/* own CPU */
#ifndef ARCH_TLB_H
#define ARCH_TLB_H

#include "hv/types.h"

#define MMUCFG_LPIDSIZE 0x0f000000u

/* Read once on the boot CPU; all cores of one SoC are of one type. */
struct tlb_core {
	uint32_t pvr, svr, mmucfg, l1cfg[2];
	uint16_t tlb1_count;
	bool is_e500mc;
	bool has_ehv;        /* the E.HV probe said yes */
};

const struct tlb_core *tlb_core(void);

/* vectors.S: reads LPIDR into each preset; high word: the first. */
uint64_t probe_lpidr(uint32_t a, uint32_t b);
/* Boot CPU, once: what core this is. */
void tlb_probe(void);
/* One entry of the hypervisor's own map in TLB1 (address space 0, IPROT). */
void tlb_map(unsigned int entry, uint32_t ea, uint64_t pa, uint64_t size, uint32_t wimge, uint32_t perm);
void tlb_unmap(unsigned int entry);
void tlb_map_device(unsigned int slot);
void tlb_map_all_devices(void);
/*
 * EPLC and EPSC get this image, PID its low byte, 1..255. All three, or cache operations by external
 * PID would escape.
 */
#define EPC_USER_AS1 0xc0000000u /* EPR: problem state; EAS: address space 1 */
void tlb_set_guest_pid(uint32_t epc);
/* DBCR0 of the hardware while the guest runs. */
void tlb_set_debug(uint32_t dbcr0);
/* Load the word at a guest effective address through the guest's own shadows. False: it faulted. */
bool tlb_fetch(uint32_t ea, uint32_t *insn);

/* Hardware SPRG3..7, which problem state can read, hold the guest's values while it runs. */
void tlb_load_user_sprgs(const uint32_t sprg3_to_7[5]);

#endif
