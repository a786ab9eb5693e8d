# SPDX-License-Identifier: BSD-3-Clause
"""Ways to break the hypervisor: a piece of text, what stands in its place, and the tests that must notice."""
import dataclasses


@dataclasses.dataclass
class Mutant:
    """One way to break the hypervisor."""

    name: str
    path: str
    old: str
    new: str
    tests: str          # what to select of tests/hostile with -k
    campaigns: str = "."


# Path, old and new text of what both architectures have.
NOT_RELOADED = ("hv/part_cycle.c", "p->start_load = true;", "p->start_load = false;")
DISTURBED = ("hv/trap.c", "\tstruct part *p = v->part;\n\n\t__atomic_fetch_add(&p->stray_count",
             "\tstruct part *p = v->part;\n\n\tcpu_post(&cpus[2], CPU_EV_WORK);\n\t__atomic_fetch_add(&p->stray_count")

CAMPAIGN = "campaigns and direct"
ARM64 = [
    Mutant("smc-untrapped", "arch/arm64/traps.c", "| HCR_TSC ", "", CAMPAIGN, "smc"),
    Mutant("id-registers-untrapped", "arch/arm64/traps.c", "| HCR_TID3 ", "",
           "sysregs and a53 and direct"),
    Mutant("pmu-untrapped", "arch/arm64/traps.c", "MDCR_TPMCR | MDCR_TPM | ", "",
           "sysregs and a53 and direct"),
    Mutant("stray-ignored", "hv/trap.c", "return TRAP_INJECT;", "return TRAP_SKIP;", CAMPAIGN, "stray"),
    Mutant("area-too-long", "arch/arm64/gspace.c", "hpa_raw(m->hpa), m->size,",
           "hpa_raw(m->hpa), m->size + (m->flags & PLAN_MEM_DEVICE ? 0 : 4096),", CAMPAIGN, "stray"),
    Mutant("dma-area-too-long", "hv/dma.c", "m->gpa, m->hpa, m->size,", "m->gpa, m->hpa, m->size + 4096,",
           "wild"),
    Mutant("refusal-uncounted", "hv/dma_fault.c", "refused[f->reason]++;", "refused[f->reason] |= 1;",
           "wild"),
    Mutant("sgi-unfiltered", "hv/vgic_sgi.c", "<< 16 * aff1 & all;", "<< 16 * aff1 & 0xf;", CAMPAIGN, "sgir"),
    Mutant("state-left-at-restart", "arch/arm64/vcpu.c", "sysreg_wr(sctlr_el1, SCTLR_EL1_RESET);", "",
           "deaths and direct"),
    Mutant("images-not-reloaded", *NOT_RELOADED, "deaths and direct"),
    Mutant("victim-disturbed", *DISTURBED, CAMPAIGN, "stray"),
    Mutant("dma-past-the-tables", "drivers/smmuv3_table.c", "field_put(STE0_CONFIG, STE_CONFIG_S1)",
           "field_put(STE0_CONFIG, 4)", "wild"),
    Mutant("dma-reads-not-counted", "hv/dma_fault.c", "dma_streams[i].refused[f->reason]++;",
           "dma_streams[i].refused[f->reason] += f->is_write;", "wild"),
    Mutant("dma-not-cut", "hv/part_cycle.c", "\tpci_part_cut(p);\n\tdma_part_cut(p);\n\tpci_part_reset(p);",
           "\t(void)p;", "test_stop"),
    Mutant("config-bars-pass", "hv/vpci_filter.c", "{PCI_BAR0, 4, .copy = 0}, /* vpci_size()",
           "{PCI_BAR0, 4, .pass = 0xffffffff}, /* vpci_size()", "config"),
    Mutant("config-two-places", "hv/vpci.c", "if (d->slots[i].fn->rid == rid) {",
           "if ((d->slots[i].fn->rid | 0x80) == (rid | 0x80)) {", "config"),
    Mutant("messages-one-off", "hv/msi.c", "= (uint16_t)(p->plan->msi.first + k);",
           "= (uint16_t)(p->plan->msi.first + k + 1);", "messages"),
]

CAMPAIGN = "campaigns and e500mc"
PPC = [
    Mutant("stray-ignored", "hv/trap.c", "\tarch_vcpu_inject_bus_error(v, at, is_write);\n\treturn TRAP_INJECT;",
           "\treturn TRAP_SKIP;", CAMPAIGN, "stray"),
    Mutant("page-beyond-the-area", "arch/ppc-e500mc/mmu.c", "if (m->size - mem_off < above) {", "if (false) {",
           CAMPAIGN, "tlb|stray|hazards"),
    Mutant("refill-beyond-the-area", "arch/ppc-e500mc/mmu.c", "q->count = (uint32_t)(m->size >> PAGE_SHIFT);",
           "q->count = (uint32_t)(m->size >> PAGE_SHIFT) + 16;", CAMPAIGN, "pages"),
    Mutant("refill-without-permissions", "arch/ppc-e500mc/refill.S", "rlwnm\t%r8, %r6, %r8, 26, 31",
           "li\t%r8, 0x3f", CAMPAIGN, "pages"),
    Mutant("external-pid-escapes", "arch/ppc-e500mc/tlb.c", "\tmtspr(SPR_EPSC, epc);\n", "", CAMPAIGN, "hazards"),
    Mutant("flush-keeps-shadows", "arch/ppc-e500mc/mmu.c",
           "gtlb_flush_array(&v->arch.tlb, array);\n\tshadow_flush_all(&v->arch.shadow);",
           "gtlb_flush_array(&v->arch.tlb, array);", CAMPAIGN, "hazards|pages"),
    Mutant("tlbivax-stays-local", "arch/ppc-e500mc/irq.c", "\t\tirq_post(target, bits);\n", "", CAMPAIGN, "hazards"),
    Mutant("user-calls-the-hypervisor", "arch/ppc-e500mc/fast.S", "bf\t17, hcall_from_guest", "b\thcall_from_guest",
           CAMPAIGN, "hazards|opcodes"),
    Mutant("move-ruins-cr", "arch/ppc-e500mc/fast.S",
           "\tori\t%r12, %r12, MSR_EE\n\tstw\t%r12, G_MSR(%r10)\n\tmtcr\t%r11\n",
           "\tori\t%r12, %r12, MSR_EE\n\tstw\t%r12, G_MSR(%r10)\n", CAMPAIGN, "moves"),
    Mutant("rfi-forgets-the-pending", "arch/ppc-e500mc/fast.S",
           "\tbne\tfast_slow_saved\n\tbne\t%cr1, fast_slow_saved\n\tbf\t17, 4f",
           "\tbne\tfast_slow_saved\n\tbf\t17, 4f", CAMPAIGN, "moves"),
    Mutant("register-swallowed", "arch/ppc-e500mc/emul_spr.c", 'STORE(1009, hid[1], ALL_BITS, "HID1"),', "", CAMPAIGN,
           "sprs|opcodes"),
    Mutant("ids-used-twice", "arch/ppc-e500mc/shadow.c", "\t\t\tshadow_recycle(s);", "\t\t\ts->used = 0;", CAMPAIGN,
           "pages"),
    Mutant("registers-left-at-restart", "arch/ppc-e500mc/vcpu.c", "\ttlb_load_user_sprgs(&g->sprg[3]);\n", "",
           "deaths"),
    Mutant("images-not-reloaded", *NOT_RELOADED, "deaths"),
    Mutant("victim-disturbed", *DISTURBED, "counted"),
    Mutant("lock-waits-for-its-turn", "hv/lock.c", "now - since > LOCK_OFFER_US * per_ms / 1000", "now < since",
           "heard and e500mc"),
]

MUTANTS = {"arm64": ARM64, "ppc-e500mc": PPC}
