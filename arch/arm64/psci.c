/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI 1.1 and the standard SMCCC queries of a guest, confined to its partition. */
/* trap context: own CPU, guest stopped, interrupts masked */
/* References: DEN0022 (PSCI) by section, DEN0028 (SMCCC). */
#include "facet/hcall.h"
#include "hv/vgic_hw.h"
#include "psci.h"
#include "trap.h"

/* Virtual MPIDR: Aff0 0..15, then Aff1, as the GIC's target lists want it. */
uint64_t psci_mpidr(unsigned int vcpu)
{
	return (uint64_t)(vcpu / 16) << 8 | vcpu % 16;
}

/* The vcpu of this partition that an MPIDR names, or cpu_count. */
static unsigned int target_of(const struct part *p, uint64_t g_mpidr)
{
	unsigned int count = p->plan->cpu_count;

	if ((g_mpidr & ~UINT64_C(0xff0f)) != 0) {
		return count;
	}
	g_mpidr = (g_mpidr >> 8) * 16 + (g_mpidr & 15);
	return g_mpidr < count ? (unsigned int)g_mpidr : count;
}

static cold_fn uint64_t affinity_info(const struct part *p, uint64_t g_mpidr, uint64_t g_level)
{
	unsigned int i = target_of(p, g_mpidr);
	const struct vcpu *v;

	if (i == p->plan->cpu_count || g_level != 0) {
		return (uint64_t)PSCI_INVALID; /* 5.7: levels above 0 are optional since 1.0 */
	}
	v = &p->vcpus[i];
	if (__atomic_load_n(&v->state, __ATOMIC_RELAXED) != VCPU_OFF) {
		return PSCI_AFF_ON;
	}
	return __atomic_load_n(&v->want, __ATOMIC_RELAXED) == VCPU_WANT_START ? PSCI_AFF_PENDING :
									       PSCI_AFF_OFF;
}

/* 5.16: what PSCI_FEATURES says, and SMCCC_ARCH_FEATURES of the SMCCC functions. */
static bool is_implemented(uint32_t fn)
{
	switch (fn) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND:
	case PSCI_64(PSCI_CPU_SUSPEND):
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_64(PSCI_CPU_ON):
	case PSCI_AFFINITY_INFO:
	case PSCI_64(PSCI_AFFINITY_INFO):
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case SMCCC_VERSION:
	case SMCCC_ARCH_FEATURES:
		return true;
	default:
		return false;
	}
}

static cold_fn enum trap cpu_on(struct vcpu *v, bool is_64)
{
	uint64_t mask = is_64 ? UINT64_MAX : UINT32_MAX;
	unsigned int target = target_of(v->part, v->arch.x[1] & mask);
	int status = PSCI_INVALID;
	enum trap verdict = TRAP_SKIP;

	if (target != v->part->plan->cpu_count) {
		verdict = part_vcpu_on(v, target, v->arch.x[2] & mask, v->arch.x[3] & mask,
				       &status);
	}
	v->arch.x[0] = (uint64_t)status;
	return verdict;
}

/* A virtual interrupt would end the guest's own WFI, but not one at EL2. */
static bool has_virtual_interrupt(void)
{
	struct gic_lr lr;

	for (unsigned int n = 0; n < gic_hw->lr_count(); n++) {
		gic_hw->lr_get(n, &lr);
		if ((lr.state & GIC_LR_PEND) != 0) {
			return true;
		}
	}
	return false;
}

/*
 * 5.4: a standby state, or a power-down state left at once, is WFI. The CPU has nobody else to
 * run, so it waits here for an interrupt of the guest or of the hypervisor; returning early is
 * what a wake-up event that just arrived looks like.
 */
static cold_fn uint64_t cpu_suspend(void)
{
	if (sysreg_rd(isr_el1) == 0 && !has_virtual_interrupt()) {
		__asm__ volatile("wfi" ::: "memory");
	}
	return PSCI_OK;
}

/* SMCCC 6.2: who answers the vendor-specific calls. */
static cold_fn void vendor_query(struct vcpu *v, uint32_t fn)
{
	static const uint32_t uid[4] = { 0x46616365, 0x744a9b6c, 0x9d2f3a51, 0x70c8e415 };

	if (fn == HCALL_SMCCC_UID) {
		for (unsigned int i = 0; i < ARRAY_SIZE(uid); i++) {
			v->arch.x[i] = uid[i];
		}
	} else if (fn == HCALL_SMCCC_COUNT) {
		v->arch.x[0] = EV_CALLS + FH_CALLS;
	} else if (fn == HCALL_SMCCC_REVISION) {
		v->arch.x[0] = HCALL_REVISION_MAJOR;
		v->arch.x[1] = HCALL_REVISION_MINOR;
	} else {
		v->arch.x[0] = (uint64_t)PSCI_NOT_SUPPORTED;
	}
}

enum trap psci_call(struct vcpu *v, uint32_t fn)
{
	uint64_t *x = v->arch.x;

	switch (fn) {
	case PSCI_VERSION:
		x[0] = PSCI_VERSION_1_1;
		return TRAP_SKIP;
	case SMCCC_VERSION:
		x[0] = SMCCC_VERSION_1_1;
		return TRAP_SKIP;
	case PSCI_CPU_SUSPEND:
	case PSCI_64(PSCI_CPU_SUSPEND):
		x[0] = cpu_suspend();
		return TRAP_SKIP;
	case PSCI_CPU_OFF:
		x[0] = (uint64_t)PSCI_DENIED; /* seen only if it returns */
		return part_vcpu_off(v);
	case PSCI_CPU_ON:
	case PSCI_64(PSCI_CPU_ON):
		return cpu_on(v, fn != PSCI_CPU_ON);
	case PSCI_AFFINITY_INFO:
		x[0] = affinity_info(v->part, (uint32_t)x[1], (uint32_t)x[2]);
		return TRAP_SKIP;
	case PSCI_64(PSCI_AFFINITY_INFO):
		x[0] = affinity_info(v->part, x[1], x[2]);
		return TRAP_SKIP;
	case PSCI_MIGRATE_INFO_TYPE:
		x[0] = 2; /* 5.9: no trusted OS that would have to migrate */
		return TRAP_SKIP;
	case PSCI_SYSTEM_OFF:
		return part_guest_off(v);
	case PSCI_SYSTEM_RESET:
		return part_guest_reset(v);
	case PSCI_FEATURES:
	case SMCCC_ARCH_FEATURES:
		x[0] = is_implemented((uint32_t)x[1]) ? PSCI_OK : (uint64_t)PSCI_NOT_SUPPORTED;
		return TRAP_SKIP;
	default:
		vendor_query(v, fn);
		return TRAP_SKIP;
	}
}
