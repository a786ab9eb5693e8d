/* SPDX-License-Identifier: BSD-3-Clause */
/* Talks with another partition: answers lines on a byte channel and rings a doorbell for each. */
/*
 * boot CPU; the layout names the nodes: byte-channel `peer`, send-doorbell `ring`, receive-doorbell
 * `bell`; parameter lead=N: send N lines first and check the echo, else answer for ever.
 */
#include "facet/test.h"

#include <string.h>

static uint32_t peer, ring;
static volatile uint32_t bells;
static volatile bool rx;

static void received(uint32_t irq, void *arg)
{
	(void)irq;
	(void)arg;
	rx = true;
}

static void line_send(const char *s)
{
	size_t n = strlen(s);

	while (n > 0) {
		unsigned int done = chan_send(peer, s, (unsigned int)n);

		s += done;
		n -= done;
		if (done == 0) {
			cpu_relax();
		}
	}
}

/* Sleeps until a whole line is there (without its end), at most ms when ms is not 0. */
static bool line_receive(char *line, size_t size, unsigned int ms)
{
	uint64_t end = time_now() + ms * time_hz() / 1000;
	size_t n = 0;
	char c;

	while (n + 1 < size) {
		rx = false;
		if (chan_receive(peer, &c, 1) == 1) {
			if (c == '\n' || c == '\r') {
				if (n > 0) {
					break;
				}
			} else {
				line[n++] = c;
			}
		} else if (ms == 0) {
			IRQ_WAIT(rx);
		} else if (time_now() > end) {
			return false;
		} else {
			cpu_relax();
		}
	}
	line[n] = '\0';
	return true;
}

static void lead(unsigned int lines)
{
	char out[64], in[80], want[80];
	unsigned int i, good = 0;

	for (i = 0; i < lines; i++) {
		snprintf(out, sizeof(out), "line %u of %u", i + 1, lines);
		line_send(out);
		line_send("\n");
		snprintf(want, sizeof(want), "you said: %s", out);
		if (!line_receive(in, sizeof(in), 5000) || strcmp(in, want) != 0) {
			printf("sent '%s', got '%s'\n", out, in);
			break;
		}
		good++;
	}
	TEST("lines answered", good == lines, "%u of %u", good, lines);
	if (hv_node("bell") >= 0) {
		TEST("doorbell a line", POLL_WAIT(bells == lines, 5000), "%u rings for %u lines",
		     (unsigned int)bells, lines);
	}
	test_done();
}

int main(void)
{
	char line[64], answer[80];
	int node = hv_node("peer");
	unsigned int lines = (unsigned int)arg_u64("lead", 0), count = 0;

	if (node < 0) {
		test_fail("chatter", "no byte channel 'peer' in the tree");
		test_done();
		return 0;
	}
	peer = fdt_node_u32(node, "hv-handle", 0);
	irq_on(fdt_node_irq(node, 0), received, NULL);
	if (hv_node("ring") >= 0) {
		ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);
	}
	if (hv_node("bell") >= 0) {
		irq_on(fdt_node_irq(hv_node("bell"), 0), irq_count, (void *)&bells);
	}
	if (lines) {
		lead(lines);
		IRQ_WAIT(false);
	}
	printf("chatter: listening%s\n", ring ? ", a doorbell for each line" : "");
	test_pass("chatter");
	test_done();
	while (line_receive(line, sizeof(line), 0)) {
		if (ring) {
			doorbell_send(ring);
		}
		snprintf(answer, sizeof(answer), "you said: %s\n", line);
		line_send(answer);
		printf("%u: '%s', doorbells received: %u\n", ++count, line, (unsigned int)bells);
	}
	return 0;
}
