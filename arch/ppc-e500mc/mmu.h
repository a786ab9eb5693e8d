/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest effective addresses to guest-physical and on to the hardware. */
/* trap context: own CPU */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include "hv/vcpu.h"

enum mmu_access {
	MMU_LOAD,
	MMU_STORE,
	MMU_FETCH,
};

/*
 * The hardware found no (sufficient) shadow for ea. Installs one, emulates a device access, or
 * delivers the miss, storage or machine-check interrupt the guest's own TLB asks for.
 */
enum trap mmu_miss(struct vcpu *v, uint32_t ea, enum mmu_access access);
/* The word at the guest's PC. False: the guest's own translation of it is gone. */
bool mmu_fetch(struct vcpu *v, uint32_t *insn);
/* False: no translation, or not permitted. */
bool mmu_translate(struct vcpu *v, uint32_t ea, enum mmu_access access, gpa_t *at);
/* Own share of a tlbivax some vcpu of the partition executed. */
void mmu_invalidate(struct vcpu *v, uint32_t ea);

#endif
