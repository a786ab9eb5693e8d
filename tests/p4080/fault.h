/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Switchable single faults of the model: the mutation table of the test suite.
 * Every fault changes one rule where that rule is decided; none is on in a normal run.
 */
#ifndef P4080_FAULT_H
#define P4080_FAULT_H

#include <stdbool.h>
#include <stdio.h>

/* X(enumerator, name on the command line, what is wrong with the machine when it is on) */
#define FAULT_LIST(X)                                                                              \
	X(TLPID_IGNORED, "tlpid-ignored", "TLPID takes no part in TLB matching")                   \
	X(TLPID_NOT_STORED, "tlpid-not-stored", "tlbwe stores TLPID 0")                            \
	X(TGS_IGNORED, "tgs-ignored", "TGS takes no part in TLB matching")                         \
	X(TID_IGNORED, "tid-ignored", "TID takes no part in TLB matching")                         \
	X(GUEST_RFI_SRR, "guest-rfi-srr", "rfi in guest state uses SRR0/1")                        \
	X(GS_UNPROTECTED, "gs-unprotected", "guest MSR writes may clear GS")                       \
	X(HV_SPR_NO_TRAP, "hv-spr-no-trap", "hypervisor SPRs do not trap in guest state")          \
	X(GDBELL_SRR, "gdbell-srr", "G_DBELL saves to SRR0/1")                                     \
	X(GDBELL_IGNORES_EE, "gdbell-ignores-ee", "G_DBELL taken with EE=0")                       \
	X(EXTGS_IGNORED, "extgs-ignored", "external interrupts never go to the guest")             \
	X(GEXT_IGNORES_EE, "gext-ignores-ee", "guest external interrupt taken with EE=0")          \
	X(GINT_KEEPS_EE, "gint-keeps-ee", "guest interrupts leave EE set")                         \
	X(PROXY_ACK_MISSING, "proxy-ack-missing", "proxy delivery does not acknowledge")           \
	X(EPR_NOT_REDIRECTED, "epr-not-redirected", "guest reads EPR instead of GEPR")             \
	X(DMIUH_IGNORED, "dmiuh-ignored", "EPCR[DMIUH] ignored")                                   \
	X(DSIGS_IGNORED, "dsigs-ignored", "EPCR[DSIGS] ignored")                                   \
	X(DGTMI_IGNORED, "dgtmi-ignored", "EPCR[DGTMI] ignored")                                   \
	X(TLBSX_SGS, "tlbsx-sgs", "tlbsx ignores MAS5[SGS]")                                       \
	X(TLBSX_SLPID, "tlbsx-slpid", "tlbsx ignores MAS5[SLPID]")                                 \
	X(TLBSX_LEAVES_V, "tlbsx-leaves-v", "tlbsx leaves MAS1[V] set on a miss")                  \
	X(TLBILX_NOTHING, "tlbilx-nothing", "tlbilx does nothing")                                 \
	X(TLBILX_KILLS_IPROT, "tlbilx-kills-iprot", "tlbilx removes protected entries")            \
	X(EPID_EGS_IGNORED, "epid-egs", "EPLC/EPSC[EGS] ignored")                                  \
	X(EPID_EAS_IGNORED, "epid-eas", "EPLC/EPSC[EAS] ignored")                                  \
	X(EPID_EPR_IGNORED, "epid-epr", "EPLC/EPSC[EPR] ignored")                                  \
	X(ESR_EPID_MISSING, "esr-epid", "ESR[EPID] never set")                                     \
	X(GDBELL_MATCHES_PIR, "gdbell-matches-pir", "guest doorbells match PIR, not GPIR")         \
	X(GUEST_READS_PIR, "guest-reads-pir", "guest reads the physical PIR")                      \
	X(EE_WITHOUT_GS, "ee-without-gs", "EE-class interrupts not enabled by GS")                 \
	X(MCHECK_KEEPS_ME, "mcheck-keeps-me", "machine check leaves ME set")                       \
	X(CRIT_KEEPS_CE, "crit-keeps-ce", "critical interrupts leave CE set")                      \
	X(SPRG3_NOT_REDIRECTED, "sprg3-not-redirected", "guest SPRG3 is not redirected")           \
	X(GUEST_SC_TO_HV, "guest-sc-to-hv", "guest system calls go to the hypervisor")             \
	X(VF_IGNORED, "vf-ignored", "MAS8[VF] ignored")                                            \
	X(VF_OBEYS_DSIGS, "vf-obeys-dsigs", "virtualisation faults obey EPCR[DSIGS]")              \
	X(DUVD_IGNORED, "duvd-ignored", "EPCR[DUVD] ignored")                                      \
	X(MPIC_SUMMARY_ZERO, "mpic-summary-zero", "MPIC summary registers read 0")                 \
	X(MPIC_ERROR_MISSING, "mpic-error-missing", "MPIC error interrupts never assert")          \
	X(LAW_UNCHECKED, "law-unchecked", "memory needs no local access window")                   \
	X(PAMU_UNCHECKED, "pamu-unchecked", "PAMU lets everything pass")                           \
	X(PAMU_WINDOW_LIMIT, "pamu-window-limit", "PAMU window size not checked")                  \
	X(PAMU_LIODN_ZERO, "pamu-liodn-zero", "PAMU violation reports LIODN 0")                    \
	X(PAMU_NO_TRANSLATION, "pamu-no-translation", "PAMU does not translate")                   \
	X(PAMU_SUBWINDOW, "pamu-subwindow", "PAMU selects the wrong sub-window")                   \
	X(DCBZ_32, "dcbz-32", "dcbz clears 32 bytes")                                              \
	X(RESERVATION_NO_SNOOP, "reservation-no-snoop", "other cores' stores keep reservations")   \
	/* 7 that only cost time */                                                                \
	X(TLBILX_NO_LPID, "tlbilx-no-lpid", "tlbilx ignores the LPID")                             \
	X(TLBILX_NO_TID, "tlbilx-no-tid", "tlbilx ignores the PID")                                \
	X(TLBILX_NO_TGS, "tlbilx-no-tgs", "tlbilx by address ignores TGS")                         \
	X(TLBILX_VA_OVER, "tlbilx-va-over", "tlbilx by address invalidates all")                   \
	X(TLBIVAX_OVER, "tlbivax-over", "tlbivax invalidates all")                                 \
	X(NV_STUCK, "nv-stuck", "TLB0 next victim does not advance")                               \
	X(DBELL_BROADCAST, "dbell-broadcast", "doorbells reach every core")                        \
	/* 10 that matter for isolation */                                                         \
	X(MSRP_IGNORED, "msrp-ignored", "MSRP protects nothing")                                   \
	X(EPID_EGS_UNFORCED, "epid-egs-unforced", "guest external-PID access uses its EGS")        \
	X(EPID_REGS_WRITABLE, "epid-regs-writable", "guest may write EGS and ELPID")               \
	X(ELPID_IGNORED, "elpid-ignored", "EPLC/EPSC[ELPID] ignored")                              \
	X(GDBELL_LPIDTAG_IGNORED, "gdbell-lpidtag", "guest doorbells ignore LPIDTAG")              \
	X(CRIT_WITHOUT_GS, "crit-without-gs", "CE-class interrupts not enabled by GS")             \
	X(TLBILX_SKIPS_TLB1, "tlbilx-skips-tlb1", "tlbilx leaves TLB1 alone")                      \
	X(TLBIVAX_LOCAL, "tlbivax-local", "tlbivax is not broadcast")                              \
	X(PAMU_PERMISSION, "pamu-permission", "PAMU access permissions ignored")                   \
	X(PAMU_VALID, "pamu-valid", "PAMU valid bit ignored")                                      \
	/* 10 of plain function */                                                                 \
	X(GINT_KEPT_BITS, "gint-kept-bits", "guest interrupts clear CE and ME")                    \
	X(DEAR_TO_HV, "dear-to-hv", "guest-directed faults write DEAR/ESR")                        \
	X(DEAR_TO_GUEST, "dear-to-guest", "hypervisor-directed guest faults write GDEAR/GESR")     \
	X(TLB0_IPROT, "tlb0-iprot", "TLB0 entries keep IPROT")                                     \
	X(MPIC_ACTIVITY, "mpic-activity", "MPIC activity bit reads 0")                             \
	X(MPIC_PRIORITY, "mpic-priority", "MPIC priorities ignored")                               \
	X(MPIC_LEVEL_REPEND, "mpic-level-repend", "MPIC level source not pending again at EOI")    \
	X(WRC_CLEARABLE, "wrc-clearable", "TCR[WRC] can be cleared")                               \
	X(STWCX_NO_ADDRESS, "stwcx-no-address", "stwcx. does not compare the address")             \
	X(UNDEF_SPR_EHPRIV, "undef-spr-ehpriv", "undefined SPR raises hypervisor privilege")

enum fault {
#define FAULT_ENUM(id, name, what) FAULT_##id,
	FAULT_LIST(FAULT_ENUM)
#undef FAULT_ENUM
	FAULT_COUNT
};

/* One process models one machine; the faults of a run are fixed before it starts. */
extern bool fault_switch[FAULT_COUNT];

static inline bool fault_on(enum fault f)
{
	return __builtin_expect(fault_switch[f], 0);
}

/* Switch the fault called name on; false when there is none. */
bool fault_enable(const char *name);
/* Print "name: what" of every fault. */
void fault_list(FILE *out);

#endif
