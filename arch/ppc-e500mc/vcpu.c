/* SPDX-License-Identifier: BSD-3-Clause */
/* Contract "vcpu" and "gspace": reset, entry, registers for the hypercall ABI, dumps, revocation. */
/* own CPU, unless hv/arch.h says otherwise */
#include <string.h>

#include "emul.h"
#include "board.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/part.h"
#include "irq.h"
#include "map.h"
#include "spr_access.h"
#include "tlb.h"
#include "trap_ppc.h"

#define EPAPR_MAGIC 0x45504150u /* "EPAP", ePAPR 1.1 5.4.1 */
#define NO_STACK 0xdeadbeefu
/*
 * Topaz maps 1 MiB for secondaries, the least ePAPR allows (5.5.3). Linux 6.1 reads its variables
 * before it has a map of its own, so they get what U-Boot gives them.
 */
#define SECONDARY_IMA MIB(64)

/* ---- entry state (topaz guest tree page, part B) ------------------------------------------------ */

/* One TLB1 entry of the initial mapped area: supervisor only, coherent, IPROT. */
static void map_initial(struct vcpu *v, unsigned int slot, uint32_t ea, uint64_t at, uint64_t size)
{
	struct gtlb_mas mas = {
		.mas0 = MAS0_TLBSEL1 | (uint32_t)field_put(MAS0_ESEL, slot),
		.mas1 = MAS1_V | MAS1_IPROT |
			(uint32_t)field_put(MAS1_TSIZE, (uint32_t)__builtin_ctzll(size) - 10),
		.mas2 = ea | MAS2_M,
		.mas3 = (uint32_t)at | MAS3_SX | MAS3_SW | MAS3_SR,
		.mas7 = (uint32_t)(at >> 32),
	};
	const struct gtlb_entry *now;
	struct gtlb_entry old;

	if (gtlb_write(&v->arch.tlb, &mas, &old, &now) != GTLB_OK) {
		log_print(LOG_ERROR, "%s: initial mapping %#lx cannot be made", v->part->plan->name, (unsigned long)ea);
	}
}

/* Hardware pages come in powers of 4; an area of another power of 2 takes two entries. */
static void map_area(struct vcpu *v, uint32_t ea, uint64_t at, uint64_t size)
{
	if (__builtin_ctzll(size) % 2 == 0) {
		map_initial(v, 0, ea, at, size);
		return;
	}
	map_initial(v, 0, ea, at, size / 2);
	map_initial(v, 1, ea + (uint32_t)(size / 2), at + size / 2, size / 2);
}

/* Topaz's guest view: WP as the layout has it and a reset at the third expiry; runs on every vcpu. */
static void autostart_watchdog(struct vcpu *v, unsigned int period)
{
	timer_set_tcr(v, (uint32_t)(field_put(TCR_WP, period & 3) | field_put(TCR_WPEXT, period >> 2)) |
				 TCR_WRC_RESET);
}

/* Where the guest sees its tree in the initial map: ePAPR 1.1 5.4.1 wants an effective address. */
static uint64_t tree_address(const struct plan_part *pp, uint64_t at)
{
	uint64_t off = at - pp->initmap_gpa;

	return off < pp->initmap_size ? pp->initmap_va + off : at;
}

void arch_vcpu_reset(struct vcpu *v, const struct vcpu_entry *entry)
{
	const struct plan_part *pp = v->part->plan;
	struct ppc_frame *f = &v->arch.f;
	struct ppc_guest *g = &v->arch.g;

	memset(f, 0, sizeof(*f));
	memset(g, 0, sizeof(*g));
	g->pir = v->index;
	g->l1csr[0] = L1CSR_ENABLE; /* caches are on, and were cleaned when memory was loaded */
	g->l1csr[1] = L1CSR_ENABLE;
	context_reset(v);
	__atomic_store_n(&v->arch.remote, 0, __ATOMIC_RELAXED);
	gtlb_reset(&v->arch.tlb);
	shadow_init(&v->arch.shadow, TLB1_GUEST, tlb_core()->tlb1_count - TLB1_GUEST);
	tlb_load_user_sprgs(&g->sprg[3]);
	mtspr(256, 0); /* USPRG0 */
	mtspr(512, 0); /* SPEFSCR */
	timer_reset(v);
	g->tsr = v->arch.wrs;
	v->arch.wrs = 0;
	if (pp->wdog_autostart != 0) {
		autostart_watchdog(v, pp->wdog_autostart - 1u);
	}
	f->gpr[1] = NO_STACK;
	f->gpr[3] = (uint32_t)entry->arg;
	if (entry->is_boot) {
		f->gpr[6] = EPAPR_MAGIC;
		f->gpr[7] = (uint32_t)pp->initmap_size;
		map_area(v, (uint32_t)pp->initmap_va, pp->initmap_gpa, pp->initmap_size);
		f->pc = (uint32_t)(pp->initmap_va + (entry->pc - pp->initmap_gpa));
		f->gpr[3] = (uint32_t)tree_address(pp, entry->arg);
	} else {
		f->gpr[7] = (uint32_t)SECONDARY_IMA;
		map_area(v, 0, align_down(entry->pc, SECONDARY_IMA), SECONDARY_IMA);
		f->pc = (uint32_t)(entry->pc & (SECONDARY_IMA - 1));
	}
}

void arch_vcpu_enter(struct vcpu *v)
{
	v->arch.stack = (uint32_t)(uintptr_t)v->cpu->stack_top - 16;
	context_load(v);
	ppc_resume(v);
}

/* Nothing of the guest may wake this CPU any more; the hypervisor's own deadline stays. */
void arch_vcpu_leave(struct vcpu *v)
{
	timer_reset(v);
	v->arch.g.pending = 0;
}

/* ---- the hypercall ABI ----------------------------------------------------------------------------- */

uint64_t arch_vcpu_reg(const struct vcpu *v, unsigned int n)
{
	return v->arch.f.gpr[n];
}

void arch_vcpu_set_reg(struct vcpu *v, unsigned int n, uint64_t x)
{
	v->arch.f.gpr[n] = (uint32_t)x;
}

uint64_t arch_vcpu_pc(const struct vcpu *v)
{
	return v->arch.f.pc;
}

bool arch_vcpu_is_user(const struct vcpu *v)
{
	return v->arch.g.msr & MSR_PR;
}

void arch_vcpu_inject_bus_error(struct vcpu *v, gpa_t at, bool is_write)
{
	bool is_fetch = v->arch.is_fetch;
	uint32_t mcsr;

	if (guest_is_e500mc(v)) {
		mcsr = MCSR_MAV | (is_fetch ? MCSR_IF : is_write ? MCSR_ST : MCSR_LD);
	} else {
		mcsr = is_fetch ? MCSR_BUS_IBERR : is_write ? MCSR_BUS_WBERR : MCSR_BUS_RBERR;
	}
	reflect_mcheck(v, mcsr, gpa_raw(at));
}

/* ---- for people -------------------------------------------------------------------------------------- */

void arch_vcpu_dump(const struct vcpu *v, void (*emit)(const char *line))
{
	const struct ppc_frame *f = &v->arch.f;
	const struct ppc_guest *g = &v->arch.g;
	char line[100];

	fmt_print(line, sizeof(line), "pc %08lx msr %08lx lr %08lx ctr %08lx cr %08lx xer %08lx",
		 (unsigned long)f->pc, (unsigned long)g->msr, (unsigned long)f->lr,
		 (unsigned long)f->ctr, (unsigned long)f->cr, (unsigned long)f->xer);
	emit(line);
	for (unsigned int i = 0; i < 32; i += 4) {
		fmt_print(line, sizeof(line), "r%-2u %08lx  r%-2u %08lx  r%-2u %08lx  r%-2u %08lx", i,
			 (unsigned long)f->gpr[i], i + 1, (unsigned long)f->gpr[i + 1], i + 2,
			 (unsigned long)f->gpr[i + 2], i + 3, (unsigned long)f->gpr[i + 3]);
		emit(line);
	}
	fmt_print(line, sizeof(line), "srr %08lx %08lx  esr %08lx dear %08lx  pid %lu pending %lx",
		 (unsigned long)g->srr[0], (unsigned long)g->srr[1], (unsigned long)g->esr,
		 (unsigned long)g->dear, (unsigned long)g->pid, (unsigned long)g->pending);
	emit(line);
	fmt_print(line, sizeof(line), "without a frame: %lu returns and system calls, %lu TLB refills",
		 (unsigned long)v->arch.fast, (unsigned long)v->arch.refill.done);
	emit(line);
	fmt_print(line, sizeof(line), "shadow: %llu fills, %llu flushes, %llu recycles",
		 (unsigned long long)v->arch.shadow.fills, (unsigned long long)v->arch.shadow.flushes,
		 (unsigned long long)v->arch.shadow.recycles);
	emit(line);
}

/* ---- gspace: translations are made at each miss, from the plan ------------------------------------------ */

enum err arch_gspace_init(struct part *p)
{
	p->arch.revoked = 0;
	return OK;
}

/*
 * A vcpu of this architecture cannot mask the hypervisor's interrupts: the kick that comes with
 * every request reaches it. Revoking only makes sure that nothing new is installed meanwhile.
 */
void arch_gspace_revoke(struct part *p)
{
	__atomic_store_n(&p->arch.revoked, 1, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
		arch_cpu_kick(p->vcpus[i].cpu);
	}
}

void arch_gspace_restore(struct part *p)
{
	__atomic_store_n(&p->arch.revoked, 0, __ATOMIC_RELEASE);
}

/*
 * The map of head.S is final: text read-only and executable, data not; nothing else is mapped. What
 * firmware opened for devices is closed.
 */
void arch_hmem_seal(const struct plan *plan, struct range arena)
{
	(void)arena;
	board_close_dma(plan);
}
