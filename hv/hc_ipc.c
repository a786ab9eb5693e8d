/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls on byte channels and doorbells. */
/* trap context: own CPU, guest stopped at a hypercall */
#include <string.h>

#include "hv/bc.h"
#include "hv/doorbell.h"
#include "hv/hcall.h"

#define HC_BC_BYTES 16u
#define HC_BC_REGS (HC_BC_BYTES / ARCH_HCALL_REG_BYTES)

/* The data registers' bytes are in the order the CPU stores them: ppc most significant first. */
#if UINTPTR_MAX > UINT32_MAX
typedef uint64_t hc_reg_t;
#else
typedef uint32_t hc_reg_t;
#endif
BUILD_ASSERT(sizeof(hc_reg_t) == ARCH_HCALL_REG_BYTES);

/* In: handle, count, data. Out: bytes taken. */
enum hc_status hc_bc_send(struct vcpu *v)
{
	const struct plan_handle *h = hc_handle(v, hc_arg(v, 0), PLAN_H_CHAN);
	uint64_t g_count = hc_arg(v, 1);
	hc_reg_t data[HC_BC_REGS];
	uint32_t done;

	if (h == NULL || g_count > HC_BC_BYTES) {
		return HC_EINVAL;
	}
	for (unsigned int i = 0; i < HC_BC_REGS; i++) {
		data[i] = (hc_reg_t)hc_arg(v, 2 + i);
	}
	done = bc_send(&bcs[h->index], h->end, (const uint8_t *)data, (uint32_t)g_count);
	hc_result(v, 0, done);
	return done == 0 && g_count != 0 ? HC_EAGAIN : HC_OK;
}

/* In: handle, most bytes (more than 16 counts as 16). Out: count, data, zero-filled. */
enum hc_status hc_bc_receive(struct vcpu *v)
{
	const struct plan_handle *h = hc_handle(v, hc_arg(v, 0), PLAN_H_CHAN);
	uint64_t g_count = hc_arg(v, 1);
	hc_reg_t data[HC_BC_REGS];
	uint32_t n = g_count < HC_BC_BYTES ? (uint32_t)g_count : HC_BC_BYTES;

	if (h == NULL) {
		return HC_EINVAL;
	}
	memset(data, 0, sizeof(data));
	n = bc_receive(&bcs[h->index], h->end, (uint8_t *)data, n);
	hc_result(v, 0, n);
	for (unsigned int i = 0; i < HC_BC_REGS; i++) {
		hc_result(v, 1 + i, data[i]);
	}
	return HC_OK;
}

/* In: handle. Out: bytes to read, room to write. */
enum hc_status hc_bc_poll(struct vcpu *v)
{
	const struct plan_handle *h = hc_handle(v, hc_arg(v, 0), PLAN_H_CHAN);

	if (h == NULL) {
		return HC_EINVAL;
	}
	hc_result(v, 0, bc_readable(&bcs[h->index], h->end));
	hc_result(v, 1, bc_space(&bcs[h->index], h->end));
	return HC_OK;
}

/* In: handle. Success even when nobody listens. */
enum hc_status hc_doorbell_send(struct vcpu *v)
{
	uint64_t g_handle = hc_arg(v, 0);
	const struct plan_handle *h = hc_handle(v, g_handle, PLAN_H_SEND_DOORBELL);

	if (h != NULL) {
		doorbell_ring(&the_plan->doorbells[h->index]);
		return HC_OK;
	}
	h = hc_handle(v, g_handle, PLAN_H_SHUTDOWN);
	if (h != NULL) {
		doorbell_shutdown(&parts[h->index]);
		return HC_OK;
	}
	return HC_EINVAL;
}
