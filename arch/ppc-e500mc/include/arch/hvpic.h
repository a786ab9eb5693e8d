/* SPDX-License-Identifier: BSD-3-Clause */
/* The ePAPR virtual interrupt controller "hv-pic" (ePAPR 1.1 section 6.5; Topaz vmpic): its calls. */
/* own CPU of the calling vcpu */
#ifndef ARCH_HVPIC_H
#define ARCH_HVPIC_H

#include "hv/vcpu.h"

enum hc_status hvpic_set_config(struct vcpu *v, uint32_t g_handle, uint32_t g_config, uint32_t g_prio,
				uint32_t g_dest);
enum hc_status hvpic_get_config(struct vcpu *v, uint32_t g_handle, uint32_t *config, uint32_t *prio,
				uint32_t *dest);
enum hc_status hvpic_set_mask(struct vcpu *v, uint32_t g_handle, uint32_t g_mask);
enum hc_status hvpic_get_mask(struct vcpu *v, uint32_t g_handle, uint32_t *mask);
enum hc_status hvpic_iack(struct vcpu *v, uint32_t *vector);
enum hc_status hvpic_eoi(struct vcpu *v, uint32_t g_handle);
enum hc_status hvpic_send_nmi(struct vcpu *v, uint32_t g_mask);
/* As msgsnd with this message; returns when an interrupt can be taken or the vcpu is wanted. */
enum hc_status hvpic_msgsnd(struct vcpu *v, uint32_t g_message);
enum hc_status hvpic_idle(struct vcpu *v);

#endif
