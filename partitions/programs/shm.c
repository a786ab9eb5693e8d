/* SPDX-License-Identifier: BSD-3-Clause */
/* Two partitions over one shared area: messages in memory, doorbells as signals. */
/*
 * boot CPU; parameters: shm= (address of the shared area), lead=N: this side starts and sends N
 * messages. Doorbell nodes as in chatter.c.
 */
#include "facet/test.h"

struct mailbox {
	volatile uint32_t seq;
	volatile uint32_t check;
	volatile uint8_t data[1024];
};

#define LISTENING UINT32_MAX /* seq of the answering side before its first answer */

static volatile uint32_t bells;

static uint32_t sum(const struct mailbox *box)
{
	uint32_t i, s = box->seq;

	for (i = 0; i < sizeof(box->data); i++) {
		s = s * 31 + box->data[i];
	}
	return s;
}

static void fill(struct mailbox *box, uint32_t seq)
{
	uint32_t i;

	for (i = 0; i < sizeof(box->data); i++) {
		box->data[i] = (uint8_t)(seq * 7 + i);
	}
	box->seq = seq;
	box->check = sum(box);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static bool wait_bell(uint32_t count)
{
	return POLL_WAIT((int32_t)(bells - count) >= 0, 5000);
}

int main(void)
{
	struct mailbox *box = (struct mailbox *)(uintptr_t)arg_u64("shm", 0);
	uint32_t lead = (uint32_t)arg_u64("lead", 0), n = lead ? lead : 100, i, good = 0;
	uint32_t ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);
	uint32_t bell = fdt_node_irq(hv_node("bell"), 0);

	if (!box || !ring || !bell) {
		test_fail("shm", "no shared area or doorbells in this layout");
		test_done();
		return 0;
	}
	irq_on(bell, irq_count, (void *)&bells);
	if (!lead) {
		__atomic_store_n(&box[1].seq, LISTENING, __ATOMIC_SEQ_CST);
	} else if (!POLL_WAIT(box[1].seq == LISTENING, 10000)) { /* a bell before that would be lost */
		test_fail("shm", "nobody listens");
	}
	for (i = 1; i <= n; i++) {
		if (lead) {
			fill(&box[0], i);
			doorbell_send(ring);
		}
		if (!wait_bell(i)) {
			break;
		}
		good += box[lead ? 1 : 0].seq == i &&
			box[lead ? 1 : 0].check == sum(&box[lead ? 1 : 0]);
		if (!lead) {
			fill(&box[1], i);
			doorbell_send(ring);
		}
	}
	TEST("messages", good == n, "%u of %u", (unsigned int)good, (unsigned int)n);
	test_done();
	IRQ_WAIT(false);
	return 0;
}
