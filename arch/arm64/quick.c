/* SPDX-License-Identifier: BSD-3-Clause */
/* Traps short enough to need half a frame: 32-bit accesses to the guest's GIC, and sending SGIs. */
/* trap context: own CPU, guest stopped, interrupts masked; x20-x29 saved when the syndrome names one */
#include "hv/vgic.h"
#include "trap.h"

/* A plain 32-bit load or store of one register that missed in stage 2 (D19.2.37). */
#define ACCESS_MASK (ISS_ISV | ISS_SAS | ISS_SSE | ISS_S1PTW | FSC_TYPE | ESR_AARCH32)
#define ACCESS_32 (ISS_ISV | field_put(ISS_SAS, 2) | FSC_TRANSLATION)
#define FSC_TRANSLATION 0x04u
/* MSR ICC_SGI1R_EL1, Xt. */
#define SGI_MASK (SYSREG_KEY_MASK | ISS_SYS_READ | ESR_AARCH32)
#define SGI_WRITE SYSREG_KEY(3, 0, 12, 11, 5)

/* The frame holds x0-x19 and x30. */
static inline bool is_saved(unsigned int rt)
{
	return rt < 20 || rt >= 30;
}

static inline void skip(void)
{
	sysreg_wr(elr_el2, sysreg_rd(elr_el2) + 4);
}

/* Not the GIC. What is no device at all needs no more of the guest's registers either. */
static __attribute__((noinline)) uint64_t quick_stray(struct vcpu *v, uint64_t esr, uint64_t ipa,
						       uint64_t start)
{
	const volatile uint32_t *is_revoked = &v->part->arch.is_revoked;
	enum trap verdict;

	if (v->vdev != NULL && range_covers(v->vdev->at, ipa, 4)) {
		return TRAP_FULL;
	}
	if (*is_revoked != 0 || vdev_find(&v->part->vdevs, gpa(ipa), 4) != NULL) {
		return TRAP_FULL;
	}
	verdict = trap_stray(v, gpa(ipa), (esr & ISS_WNR) != 0, "nothing is there");
	return finish(v, verdict, EXIT_STRAY, start);
}

static __attribute__((noinline)) uint64_t quick_access(struct vcpu *v, uint64_t esr, uint64_t ipa,
							uint64_t start)
{
	unsigned int rt = (unsigned int)field_get(ISS_SRT, esr);
	struct vgic_answer answer;
	struct vgic_place place;

	if (unlikely(!vgic_locate(v->vic, ipa, &place))) {
		return quick_stray(v, esr, ipa, start);
	}
	answer = vgic_quick(v->vic, place.of, place.map, (uint32_t)place.offset, esr & ISS_WNR,
			    rt == 31 ? 0 : (uint32_t)v->arch.x[rt]);
	if (!answer.ok) {
		return TRAP_FULL;
	}
	if (!(esr & ISS_WNR) && rt != 31) {
		v->arch.x[rt] = answer.value;
	}
	skip();
	return finish(v, TRAP_SKIP, EXIT_VIC, start);
}

static __attribute__((noinline)) uint64_t quick_sgi(struct vcpu *v, uint64_t esr, uint64_t start)
{
	unsigned int rt = ISS_SYS_RT(esr);

	if (v->vic->vgic->version != 3) {
		return TRAP_FULL;
	}
	vgic_sgi(v, rt == 31 ? 0 : v->arch.x[rt]);
	skip();
	return finish(v, TRAP_SKIP, EXIT_SGI, start);
}

static inline uint64_t fault_ipa(void)
{
	return sysreg_rd(hpfar_el2) << 8 | (sysreg_rd(far_el2) & (PAGE_SIZE - 1));
}

/* What needs no call, and so no stack frame, is done here. */
uint64_t trap_quick(struct vcpu *v, uint64_t esr, unsigned int ec)
{
	uint64_t start = sysreg_rd(cntpct_el0);
	struct vgic_answer answer;
	unsigned int rt;
	uint64_t ipa;

	if (ec == EC_DABT_LOW && (esr & ACCESS_MASK) == ACCESS_32) {
		rt = (unsigned int)field_get(ISS_SRT, esr);
		if (!is_saved(rt)) {
			return TRAP_UPPER;
		}
		ipa = fault_ipa();
		if (!(esr & ISS_WNR) && rt < 20) {
			answer = vgic_peek(v->vic, ipa - v->vic->vgic->dist_at);
			if (answer.ok) {
				v->arch.x[rt] = answer.value;
				skip();
				return finish(v, TRAP_SKIP, EXIT_VIC, start);
			}
		}
		return quick_access(v, esr, ipa, start);
	}
	if (ec == EC_SYS64 && (esr & SGI_MASK) == SGI_WRITE) {
		return is_saved(ISS_SYS_RT(esr)) ? quick_sgi(v, esr, start) : TRAP_UPPER;
	}
	return TRAP_FULL;
}

uint64_t trap_upper(struct vcpu *v, uint64_t esr)
{
	uint64_t start = sysreg_rd(cntpct_el0);

	if (ESR_EC(esr) == EC_DABT_LOW) {
		return quick_access(v, esr, fault_ipa(), start);
	}
	return quick_sgi(v, esr, start);
}
