/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls on interrupts, where guests have an emulated controller instead (twin of hc_irq.c). */
/* trap context: own CPU, guest stopped at a hypercall */
#include "hv/hcall.h"

#define HC_ABSENT(name)                                                                            \
	enum hc_status name(struct vcpu *v)                                                        \
	{                                                                                          \
		(void)v;                                                                           \
		return HC_UNIMPLEMENTED;                                                           \
	}

HC_ABSENT(hc_int_set_config)
HC_ABSENT(hc_int_get_config)
HC_ABSENT(hc_int_set_mask)
HC_ABSENT(hc_int_get_mask)
HC_ABSENT(hc_int_iack)
HC_ABSENT(hc_int_eoi)
HC_ABSENT(hc_send_nmi)
HC_ABSENT(hc_get_msir)
HC_ABSENT(hc_msgsnd)
HC_ABSENT(hc_idle)
