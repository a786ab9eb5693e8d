/* SPDX-License-Identifier: BSD-3-Clause */
/* The hv-pic face: interrupt hypercalls on the sources of the calling partition. */
/* trap context: own CPU */
#include "arch/hvpic.h"

#include "emul.h"
#include "irq.h"
#include "pic.h"

#define CONFIG_BITS (PIC_CONFIG_HIGH | PIC_CONFIG_LEVEL)

/* The source of a handle the guest named, or NULL. A partition with an MPIC has no hv-pic. */
static struct pic_source *source_of(struct pic *pic, uint32_t g_handle)
{
	if (pic->is_mpic || g_handle >= pic->count || !pic->src[g_handle].exists) {
		return NULL;
	}
	return &pic->src[g_handle];
}

enum hc_status hvpic_set_config(struct vcpu *v, uint32_t g_handle, uint32_t g_config, uint32_t g_prio,
				uint32_t g_dest)
{
	struct pic *pic = pic_of(v->part);
	struct pic_source *s = source_of(pic, g_handle);
	enum hc_status status = HC_OK;

	if (s == NULL || g_dest >= v->part->plan->cpu_count) {
		return HC_EINVAL;
	}
	lock_take(&pic->lock);
	if (s->irq != PIC_NO_IRQ &&
	    (s->active != 0 || g_prio > PIC_PRIORITY_MAX || (g_config & ~CONFIG_BITS) != 0)) {
		status = HC_INVALID_STATE;
	} else {
		unsigned int was = s->dest;

		if (s->irq != PIC_NO_IRQ) {
			s->config = (uint8_t)g_config;
			s->priority = (uint8_t)g_prio;
		}
		s->dest = (uint8_t)g_dest;
		pic_apply(v->part, s);
		pic_notify(v->part, was);
		pic_notify(v->part, g_dest);
	}
	lock_drop(&pic->lock);
	return status;
}

enum hc_status hvpic_get_config(struct vcpu *v, uint32_t g_handle, uint32_t *config, uint32_t *prio,
				uint32_t *dest)
{
	const struct pic_source *s = source_of(pic_of(v->part), g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	*config = s->config;
	*prio = s->priority;
	*dest = s->dest;
	return HC_OK;
}

enum hc_status hvpic_set_mask(struct vcpu *v, uint32_t g_handle, uint32_t g_mask)
{
	struct pic *pic = pic_of(v->part);
	struct pic_source *s = source_of(pic, g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	lock_take(&pic->lock);
	if (s->masked != (g_mask != 0)) {
		s->masked = g_mask != 0;
		pic_mask_physical(s);
		pic_notify(v->part, s->dest);
	}
	lock_drop(&pic->lock);
	return HC_OK;
}

enum hc_status hvpic_get_mask(struct vcpu *v, uint32_t g_handle, uint32_t *mask)
{
	const struct pic_source *s = source_of(pic_of(v->part), g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	*mask = s->masked;
	return HC_OK;
}

/* With external proxy the vector is in EPR already (Topaz hypercalls, 3.9). */
enum hc_status hvpic_iack(struct vcpu *v, uint32_t *vector)
{
	if (pic_of(v->part)->is_mpic || pic_of(v->part)->is_proxy) {
		return HC_INVALID_STATE;
	}
	*vector = pic_acknowledge(v);
	return HC_OK;
}

enum hc_status hvpic_eoi(struct vcpu *v, uint32_t g_handle)
{
	struct pic *pic = pic_of(v->part);
	struct pic_source *s = source_of(pic, g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	lock_take(&pic->lock);
	if ((s->active >> v->index & 1) != 0) {
		pic_end(v, s);
	}
	lock_drop(&pic->lock);
	return HC_OK;
}

enum hc_status hvpic_send_nmi(struct vcpu *v, uint32_t g_mask)
{
	unsigned int count = v->part->plan->cpu_count;

	if (count < 32 && g_mask >> count != 0) {
		return HC_EINVAL;
	}
	for (unsigned int i = 0; i < count && i < 32; i++) {
		if ((g_mask >> i & 1) != 0) {
			irq_post(&v->part->vcpus[i], IRQ_REMOTE_NMI);
		}
	}
	return HC_OK;
}

enum hc_status hvpic_msgsnd(struct vcpu *v, uint32_t g_message)
{
	if (!guest_is_e500mc(v)) {
		return HC_UNIMPLEMENTED; /* no IVOR36 or 37 that would say where it arrives */
	}
	message_send(v, g_message);
	return HC_OK;
}

enum hc_status hvpic_idle(struct vcpu *v)
{
	irq_idle(v);
	return HC_OK;
}
