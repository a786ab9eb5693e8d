/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls: one table, one bracket. */
/* trap context: own CPU, guest stopped at a hypercall */
#include "hv/hcall.h"

/* Rows of both vendors, so that one comparison checks a number. */
#define HC_ROWS 32
BUILD_ASSERT(EV_CALLS <= HC_ROWS && FH_CALLS <= HC_ROWS);

static hc_fn *const hc_epapr[HC_ROWS] = {
    [EV_BYTE_CHANNEL_SEND] = hc_bc_send,
    [EV_BYTE_CHANNEL_RECEIVE] = hc_bc_receive,
    [EV_BYTE_CHANNEL_POLL] = hc_bc_poll,
    [EV_INT_SET_CONFIG] = hc_int_set_config,
    [EV_INT_GET_CONFIG] = hc_int_get_config,
    [EV_INT_SET_MASK] = hc_int_set_mask,
    [EV_INT_GET_MASK] = hc_int_get_mask,
    [EV_INT_IACK] = hc_int_iack,
    [EV_INT_EOI] = hc_int_eoi,
    [EV_DOORBELL_SEND] = hc_doorbell_send,
    [EV_MSGSND] = hc_msgsnd,
    [EV_IDLE] = hc_idle,
};

static hc_fn *const hc_fsl[HC_ROWS] = {
    [FH_ERR_GET_INFO] = hc_err_get_info,
    [FH_PARTITION_GET_DTPROP] = hc_get_dtprop,
    [FH_PARTITION_SET_DTPROP] = hc_set_dtprop,
    [FH_PARTITION_RESTART] = hc_part_restart,
    [FH_PARTITION_GET_STATUS] = hc_part_status,
    [FH_PARTITION_START] = hc_part_start,
    [FH_PARTITION_STOP] = hc_part_stop,
    [FH_PARTITION_MEMCPY] = hc_memcpy,
    [FH_DMA_ENABLE] = hc_dma_enable,
    [FH_DMA_DISABLE] = hc_dma_disable,
    [FH_SEND_NMI] = hc_send_nmi,
    [FH_VMPIC_GET_MSIR] = hc_get_msir,
    [FH_SYSTEM_RESET] = hc_system_reset,
    [FH_GET_CORE_STATE] = hc_core_state,
    [FH_ENTER_NAP] = hc_nap,
    [FH_EXIT_NAP] = hc_nap,
    [FH_CLAIM_DEVICE] = hc_claim,
    [FH_PARTITION_STOP_DMA] = hc_part_stop_dma,
    [FH_DMA_ATTR_SET] = hc_dma_attr,
    [FH_DMA_ATTR_GET] = hc_dma_attr,
};

/*
 * Vendor 0 is ePAPR too, for old guests, and bit 31 of the token does not matter (Topaz). Other
 * vendors' calls do not exist, where Topaz would take them for Freescale's.
 */
static inline hc_fn *hc_find(uint32_t g_token)
{
	uint32_t vendor = g_token >> 16 & 0x7fff;
	uint32_t number = g_token & 0xffff;

	if (unlikely(number >= HC_ROWS || vendor > HCALL_VENDOR_FSL)) {
		return NULL;
	}
	return vendor == HCALL_VENDOR_FSL ? hc_fsl[number] : hc_epapr[number];
}

enum hc_status trap_hcall(struct vcpu *v, uint32_t token)
{
	hc_fn *fn = hc_find(token);

	if (unlikely(fn == NULL)) {
		return HC_UNIMPLEMENTED;
	}
	return unlikely(arch_vcpu_is_user(v)) ? HC_EPERM : fn(v);
}

struct part *hc_partition(const struct vcpu *v, uint64_t g_handle)
{
	const struct plan_handle *h;

	if (g_handle == UINT32_MAX || g_handle == UINT64_MAX ||
	    g_handle == v->part->plan->guest_id) {
		return v->part;
	}
	h = hc_handle(v, g_handle, PLAN_H_PART);
	return h == NULL ? NULL : &parts[h->index];
}
