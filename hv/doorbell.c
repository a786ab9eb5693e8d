/* SPDX-License-Identifier: BSD-3-Clause */
/* Doorbells. */
/* any CPU */
#include "hv/doorbell.h"

/* A partition with an error in its plan has no interrupt controller. */
static void doorbell_virq(struct part *p, unsigned int virq)
{
	if (virq != NONE && p->is_usable) {
		vic_raise(p, p->plan->virqs[virq].g_irq);
	}
}

void doorbell_ring(const struct plan_doorbell *d)
{
	const struct plan_receiver *rx = &the_plan->receivers[d->rx_first];

	for (unsigned int i = 0; i < d->rx_count; i++) {
		doorbell_virq(&parts[rx[i].part], rx[i].virq);
	}
}

void doorbell_event(const struct part *p, enum plan_event event)
{
	for (unsigned int i = 0; i < part_count; i++) {
		const struct plan_part *manager = parts[i].plan;

		for (unsigned int m = 0; m < manager->managed_count; m++) {
			if (manager->managed[m].part == p->index) {
				doorbell_virq(&parts[i], manager->managed[m].virq[event]);
			}
		}
	}
}

void doorbell_shutdown(struct part *p)
{
	doorbell_virq(p, p->plan->shutdown_virq);
}
