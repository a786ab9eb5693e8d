/* SPDX-License-Identifier: BSD-3-Clause */
/* What hypercall handlers share: arguments, results and handles of the calling partition. */
/* trap context: own CPU, guest stopped at a hypercall */
#ifndef HV_HCALL_H
#define HV_HCALL_H

#include "facet/hcall.h"
#include "hv/part.h"

/* Decodes and checks everything, then acts; results after hc_result(), the status by its return. */
typedef enum hc_status hc_fn(struct vcpu *v);

/* Argument i of the call as its register holds it. */
static inline uint64_t hc_arg(const struct vcpu *v, unsigned int i)
{
	return arch_vcpu_reg(v, ARCH_HCALL_ARG0 + i);
}

static inline void hc_result(struct vcpu *v, unsigned int i, uint64_t x)
{
	arch_vcpu_set_reg(v, ARCH_HCALL_RES0 + i, x);
}

/* Registers that a 64-bit argument takes; with 32-bit registers the high word comes first. */
#define HC_WIDE (8 / ARCH_HCALL_REG_BYTES)

static inline uint64_t hc_wide(const struct vcpu *v, unsigned int i)
{
	return HC_WIDE == 1 ? hc_arg(v, i) : hc_arg(v, i) << 32 | (uint32_t)hc_arg(v, i + 1);
}

/* Row of the caller's handle table, NULL: not in use, or of another kind. */
static inline const struct plan_handle *hc_handle(const struct vcpu *v, uint64_t g_handle,
						  enum plan_handle_kind kind)
{
	const struct plan_part *p = v->part->plan;

	/* Handle 0 has kind PLAN_H_NONE. */
	if (g_handle >= p->handle_count || p->handles[g_handle].kind != kind) {
		return NULL;
	}
	return &p->handles[g_handle];
}

/* A partition by handle: -1 and its own number are the caller, others it must hold. NULL. */
struct part *hc_partition(const struct vcpu *v, uint64_t g_handle);

hc_fn hc_bc_send, hc_bc_receive, hc_bc_poll, hc_doorbell_send;
hc_fn hc_int_set_config, hc_int_get_config, hc_int_set_mask, hc_int_get_mask, hc_int_iack, hc_int_eoi;
hc_fn hc_send_nmi, hc_get_msir, hc_msgsnd, hc_idle;
hc_fn hc_err_get_info, hc_get_dtprop, hc_set_dtprop, hc_memcpy;
hc_fn hc_part_restart, hc_part_status, hc_part_start, hc_part_stop, hc_part_stop_dma;
hc_fn hc_system_reset, hc_core_state, hc_nap;
hc_fn hc_dma_enable, hc_dma_disable, hc_dma_attr, hc_claim;

#endif
