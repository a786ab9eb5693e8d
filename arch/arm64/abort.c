/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage 2 aborts: emulated devices with or without a valid syndrome, and accesses to nothing. */
/* trap context: own CPU, guest stopped, interrupts masked */
#include "arch/barrier.h"
#include "insn.h"
#include "trap.h"

/*
 * Guest virtual to guest physical as the guest's privileged code would read it. AT S1E1R writes
 * PAR_EL1, which is the guest's register. False: the guest's own tables do not map it (any more).
 */
static cold_fn bool stage1_walk(uint64_t g_va, uint64_t *ipa)
{
	uint64_t saved = sysreg_rd(par_el1);
	uint64_t par;

	__asm__ volatile("at s1e1r, %0" ::"r"(g_va));
	isb();
	par = sysreg_rd(par_el1);
	sysreg_wr(par_el1, saved);
	*ipa = (par & PAR_PA) | (g_va & (PAGE_SIZE - 1));
	return (par & PAR_F) == 0;
}

/*
 * HPFAR_EL2 holds the page for translation and access flag faults and for table walks; for other
 * permission faults it is UNKNOWN (D19.2.61), so walk again.
 */
static inline bool fault_ipa(uint64_t esr, uint64_t *ipa)
{
	uint64_t far = sysreg_rd(far_el2);

	if (likely((esr & ISS_S1PTW) != 0 || (esr & FSC_TYPE) != FSC_PERMISSION)) {
		*ipa = (sysreg_rd(hpfar_el2) & MASK(43, 4)) << 8 | (far & (PAGE_SIZE - 1));
		return true;
	}
	return stage1_walk(far, ipa);
}

/* The partition's memory is being taken away: what trapped may be what it lost. */
static inline bool is_revoked(const struct vcpu *v)
{
	const volatile uint32_t *flag = &v->part->arch.is_revoked;

	return *flag != 0;
}

static uint64_t sign_extend(uint64_t x, unsigned int bytes)
{
	unsigned int shift = 64 - 8 * bytes;

	return (uint64_t)((int64_t)(x << shift) >> shift);
}

static uint64_t truncate(uint64_t x, unsigned int bytes)
{
	return bytes < 8 ? x & ((UINT64_C(1) << (8 * bytes)) - 1) : x;
}

/* One register, one access: the syndrome says all. */
static inline enum trap with_syndrome(struct vcpu *v, uint64_t esr, uint64_t ipa, unsigned int *class)
{
	unsigned int rt = (unsigned int)field_get(ISS_SRT, esr);
	struct mmio acc = { .addr = gpa(ipa),
			    .size = (uint8_t)(1u << field_get(ISS_SAS, esr)),
			    .is_write = (esr & ISS_WNR) != 0 };
	enum trap verdict;

	if (acc.is_write && rt != 31) {
		acc.value = truncate(v->arch.x[rt], acc.size);
	}
	verdict = trap_mmio(v, &acc);
	*class = acc.exit_class;
	if (verdict == TRAP_SKIP && !acc.is_write && rt != 31) {
		if ((esr & ISS_SSE) != 0) {
			acc.value = sign_extend(acc.value, acc.size);
			acc.value = (esr & ISS_SF) != 0 ? acc.value : (uint32_t)acc.value;
		}
		v->arch.x[rt] = acc.value;
	}
	return verdict;
}

/* The instruction at the guest's PC; false when it cannot be read. */
static bool insn_fetch(const struct vcpu *v, uint32_t *insn)
{
	uint64_t ipa;

	return stage1_walk(sysreg_rd(elr_el2), &ipa) &&
	       gmem_read(v->part, gpa(ipa), insn, sizeof(*insn)) == OK;
}

static uint64_t sp_get(void)
{
	return (sysreg_rd(spsr_el2) & SPSR_M_SPSEL) != 0 ? sysreg_rd(sp_el1) : sysreg_rd(sp_el0);
}

static void sp_set(uint64_t x)
{
	if ((sysreg_rd(spsr_el2) & SPSR_M_SPSEL) != 0) {
		sysreg_wr(sp_el1, x);
	} else {
		sysreg_wr(sp_el0, x);
	}
}

/*
 * A device access of a form whose syndrome names no register (pairs, writeback). The emulated
 * access must be to the page that trapped: its neighbour may be anybody's.
 */
static cold_fn enum trap without_syndrome(struct vcpu *v, uint64_t esr, uint64_t ipa, unsigned int *class)
{
	bool is_write = (esr & ISS_WNR) != 0;
	uint64_t far = sysreg_rd(far_el2);
	uint64_t values[2] = { 0, 0 };
	struct insn_access in;
	uint64_t base;
	uint32_t insn;

	if ((esr & (ISS_CM | ISS_S1PTW | ESR_AARCH32)) != 0 ||
	    vdev_find(&v->part->vdevs, gpa(ipa), 1) == NULL || !insn_fetch(v, &insn) ||
	    !insn_decode(insn, &in) || in.is_write != is_write) {
		return trap_stray(v, gpa(ipa), is_write,
				  (esr & ISS_S1PTW) != 0 ? "translation table walk" :
							   "not a plain load or store");
	}
	base = in.rn == 31 ? sp_get() : v->arch.x[in.rn];
	*class = EXIT_DECODE;
	for (unsigned int i = 0; i < in.count; i++) {
		uint64_t va = base + (uint64_t)in.offset + i * in.size;
		struct mmio acc = { .size = in.size, .is_write = in.is_write };
		enum trap verdict;

		if (((va ^ far) & ~(uint64_t)(PAGE_SIZE - 1)) != 0) {
			return trap_stray(v, gpa(ipa), is_write, "access across a page");
		}
		acc.addr = gpa((ipa & ~(uint64_t)(PAGE_SIZE - 1)) | (va & (PAGE_SIZE - 1)));
		if (in.is_write && in.rt[i] != 31) {
			acc.value = truncate(v->arch.x[in.rt[i]], in.size);
		}
		verdict = trap_mmio(v, &acc);
		if (verdict != TRAP_SKIP) {
			*class = EXIT_STRAY;
			return verdict;
		}
		values[i] = in.is_signed ? sign_extend(acc.value, in.size) : acc.value;
		values[i] = in.is_word ? (uint32_t)values[i] : values[i];
	}
	for (unsigned int i = 0; i < in.count && !in.is_write; i++) {
		if (in.rt[i] != 31) {
			v->arch.x[in.rt[i]] = values[i];
		}
	}
	if (in.has_writeback && in.rn == 31) {
		sp_set(base + (uint64_t)in.writeback);
	} else if (in.has_writeback) {
		v->arch.x[in.rn] = base + (uint64_t)in.writeback;
	}
	return TRAP_SKIP;
}

no_canary enum trap abort_data(struct vcpu *v, uint64_t esr, unsigned int *class)
{
	uint64_t ipa;

	if (unlikely(!fault_ipa(esr, &ipa) || is_revoked(v))) {
		return TRAP_RETRY;
	}
	if (likely((esr & (ISS_ISV | ESR_AARCH32)) == ISS_ISV)) {
		return with_syndrome(v, esr, ipa, class);
	}
	return without_syndrome(v, esr, ipa, class);
}

enum trap abort_fetch(struct vcpu *v, uint64_t esr)
{
	uint64_t ipa;

	if (!fault_ipa(esr, &ipa) || is_revoked(v)) {
		return TRAP_RETRY;
	}
	return trap_stray(v, gpa(ipa), false,
			  (esr & ISS_S1PTW) != 0 ? "translation table walk for a fetch" :
						   "instruction fetch");
}
