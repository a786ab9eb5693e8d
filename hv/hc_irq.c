/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls on interrupts (ePAPR hv-pic): registers to arguments; the controller decides. */
/* trap context: own CPU, guest stopped at a hypercall */
#include "arch/hvpic.h"
#include "hv/hcall.h"

/* In: handle, config, priority, destination. */
enum hc_status hc_int_set_config(struct vcpu *v)
{
	return hvpic_set_config(v, (uint32_t)hc_arg(v, 0), (uint32_t)hc_arg(v, 1),
				(uint32_t)hc_arg(v, 2), (uint32_t)hc_arg(v, 3));
}

enum hc_status hc_int_get_config(struct vcpu *v)
{
	uint32_t config, priority, dest;
	enum hc_status status =
	    hvpic_get_config(v, (uint32_t)hc_arg(v, 0), &config, &priority, &dest);

	if (status == HC_OK) {
		hc_result(v, 0, config);
		hc_result(v, 1, priority);
		hc_result(v, 2, dest);
	}
	return status;
}

enum hc_status hc_int_set_mask(struct vcpu *v)
{
	return hvpic_set_mask(v, (uint32_t)hc_arg(v, 0), (uint32_t)hc_arg(v, 1));
}

enum hc_status hc_int_get_mask(struct vcpu *v)
{
	uint32_t mask;
	enum hc_status status = hvpic_get_mask(v, (uint32_t)hc_arg(v, 0), &mask);

	if (status == HC_OK) {
		hc_result(v, 0, mask);
	}
	return status;
}

/* The controller number must be 0: there is one. */
enum hc_status hc_int_iack(struct vcpu *v)
{
	enum hc_status status;
	uint32_t vector;

	if ((uint32_t)hc_arg(v, 0) != 0) {
		return HC_EINVAL;
	}
	status = hvpic_iack(v, &vector);
	if (status == HC_OK) {
		hc_result(v, 0, vector);
	}
	return status;
}

enum hc_status hc_int_eoi(struct vcpu *v)
{
	return hvpic_eoi(v, (uint32_t)hc_arg(v, 0));
}

enum hc_status hc_send_nmi(struct vcpu *v)
{
	return hvpic_send_nmi(v, (uint32_t)hc_arg(v, 0));
}

/* No MSI bank is given to guests: every handle is one without a shared-interrupt register. */
enum hc_status hc_get_msir(struct vcpu *v)
{
	(void)v;
	return HC_EINVAL;
}

/* In: the message as msgsnd has it. */
enum hc_status hc_msgsnd(struct vcpu *v)
{
	return hvpic_msgsnd(v, (uint32_t)hc_arg(v, 0));
}

enum hc_status hc_idle(struct vcpu *v)
{
	return hvpic_idle(v);
}
