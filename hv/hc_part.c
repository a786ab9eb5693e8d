/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls on partitions, the system, and what only absent hardware could do. */
/* trap context: own CPU, guest stopped at a hypercall */
#include "hv/dma.h"
#include "hv/errq.h"
#include "hv/hcall.h"
#include "hv/pci.h"

/* As Topaz: whoever names itself by -1 is "self", anybody with a handle is a manager. */
static enum part_reason hc_part_by(const struct vcpu *v, const struct part *p)
{
	return v->part == p ? PART_BY_SELF : PART_BY_MANAGER;
}

enum hc_status hc_part_status(struct vcpu *v)
{
	const struct part *p = hc_partition(v, hc_arg(v, 0));

	if (p == NULL) {
		return HC_EINVAL;
	}
	hc_result(v, 0, __atomic_load_n(&p->state, __ATOMIC_ACQUIRE));
	return HC_OK;
}

/* In: partition, entry, whether to load. A start that fails later ends in state stopped. */
enum hc_status hc_part_start(struct vcpu *v)
{
	struct part *p = hc_partition(v, hc_arg(v, 0));
	uint64_t g_entry = hc_arg(v, 1);
	bool load = (uint32_t)hc_arg(v, 2) != 0;

	if (p == NULL) {
		return HC_EINVAL;
	}
	switch (part_start(p, load, g_entry)) {
	case OK:
		return HC_OK;
	case ERR_PERM:
		return HC_CONFIG;
	default:
		return HC_INVALID_STATE;
	}
}

enum hc_status hc_part_stop(struct vcpu *v)
{
	struct part *p = hc_partition(v, hc_arg(v, 0));

	if (p == NULL) {
		return HC_EINVAL;
	}
	return part_stop(p, hc_part_by(v, p),
			 p == v->part ? "it asked for it" : "its manager asked") == OK
		   ? HC_OK
		   : HC_INVALID_STATE;
}

enum hc_status hc_part_restart(struct vcpu *v)
{
	struct part *p = hc_partition(v, hc_arg(v, 0));

	if (p == NULL) {
		return HC_EINVAL;
	}
	return part_restart(p, hc_part_by(v, p),
			    p == v->part ? "it asked for it" : "its manager asked") == OK
		   ? HC_OK
		   : HC_INVALID_STATE;
}

enum hc_status hc_system_reset(struct vcpu *v)
{
	if (!(v->part->plan->flags & PLAN_PART_PRIVILEGED)) {
		return HC_EPERM;
	}
	log_print(LOG_INFO, "%s: resets the system", v->part->plan->name);
	arch_system_reset();
	return HC_ENODEV;
}

/* In: queue, room, address(wide), whether to peek. Out: bytes written. */
enum hc_status hc_err_get_info(struct vcpu *v)
{
	uint64_t g_handle = hc_arg(v, 0);
	uint64_t g_size = hc_arg(v, 1);
	gpa_t g_at = gpa(hc_wide(v, 2));
	uint64_t g_peek = hc_arg(v, 2 + HC_WIDE);
	bool is_own = hc_handle(v, g_handle, PLAN_H_ERROR_QUEUE) != NULL;
	struct errq *q = is_own ? v->part->errq : errq_global;
	uint8_t wire[ERRQ_WIRE_SIZE];
	uint64_t room;
	hpa_t host;

	if (g_peek > 1 || g_size < ERRQ_WIRE_SIZE ||
	    (!is_own && hc_handle(v, g_handle, PLAN_H_ERROR_MANAGER) == NULL)) {
		return HC_EINVAL;
	}
	if (gmem_lookup(v->part, g_at, &host, &room) != OK ||
	    gmem_lookup(v->part, gpa(gpa_raw(g_at) + ERRQ_WIRE_SIZE - 1), &host, &room) != OK) {
		return HC_EFAULT;
	}
	/* Consume only what has arrived: peek, write, then take it off. */
	hc_result(v, 0, 0);
	if (errq_get(q, true, wire) != OK) {
		return HC_ENOENT;
	}
	if (gmem_write(v->part, g_at, wire, sizeof(wire)) != OK) {
		return HC_EFAULT;
	}
	if (g_peek == 0 && errq_get(q, false, wire) != OK) {
		return HC_ENOENT;
	}
	hc_result(v, 0, sizeof(wire));
	return HC_OK;
}

/*
 * In: partition, stopped. What defer-dma-disable left on, ends now. The lock keeps it from being
 * started meanwhile.
 */
enum hc_status hc_part_stop_dma(struct vcpu *v)
{
	struct part *p = hc_partition(v, hc_arg(v, 0));
	enum hc_status status = HC_INVALID_STATE;

	if (p == NULL) {
		return HC_EINVAL;
	}
	lock_take(&p->lock);
	if (p->state == PART_STOPPED) {
		pci_part_cut(p);
		dma_part_cut(p);
		status = HC_OK;
	}
	lock_drop(&p->lock);
	return status;
}

/* In: DMA handle. Without an IOMMU behind it, it cannot be switched (Topaz: the PAMU refuses). */
static enum hc_status hc_dma_switch(struct vcpu *v, bool on)
{
	const struct plan_handle *h = hc_handle(v, hc_arg(v, 0), PLAN_H_DMA);

	if (h == NULL) {
		return HC_EINVAL;
	}
	switch (dma_stream_set(v->part, h->index, on)) {
	case OK:
		return HC_OK;
	case ERR_PERM:
		return HC_INVALID_STATE;
	case ERR_NONE:
		return HC_EINVAL;
	default:
		return HC_EIO;
	}
}

enum hc_status hc_dma_enable(struct vcpu *v)
{
	return hc_dma_switch(v, true);
}

enum hc_status hc_dma_disable(struct vcpu *v)
{
	return hc_dma_switch(v, false);
}

/* ---- calls that need hardware this image has no driver for --------------------------------- */

/* Stashing needs a PAMU. */
enum hc_status hc_dma_attr(struct vcpu *v)
{
	(void)v;
	return HC_EINVAL;
}

/* No device of the plan has a standby owner. */
enum hc_status hc_claim(struct vcpu *v)
{
	(void)v;
	return HC_EINVAL;
}

/* No run control block to ask. */
enum hc_status hc_core_state(struct vcpu *v)
{
	(void)v;
	return HC_EINVAL;
}

enum hc_status hc_nap(struct vcpu *v)
{
	(void)v;
	return HC_ENODEV;
}
