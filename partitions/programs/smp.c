/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs of a partition: start, count, interrupts between them, shared counters, stop and start
 * again. */
/* boot CPU, unless it says otherwise; parameter: cpus= (expected number) */
#include "facet/test.h"

static volatile uint32_t alive, pings, pongs;
static volatile bool stop;
static uint32_t sum;

static void ping(uint32_t irq, void *arg)
{
	(void)irq;
	(void)arg;
	__atomic_fetch_add(&pings, 1, __ATOMIC_SEQ_CST);
	irq_send(0, 2);
}

/* any other CPU */
static void worker(void)
{
	unsigned int i;

	for (i = 0; i < 10000; i++) {
		__atomic_fetch_add(&sum, 1, __ATOMIC_RELAXED);
	}
	__atomic_fetch_add(&alive, 1, __ATOMIC_SEQ_CST);
	IRQ_WAIT(stop);
	__atomic_fetch_sub(&alive, 1, __ATOMIC_SEQ_CST);
}

static void wake(uint32_t irq, void *arg)
{
	(void)irq;
	(void)arg;
}

/* One that was told to stop is on (-4) from its last count in `alive` until it is really off. */
static int worker_start(unsigned int i)
{
	uint64_t end = time_now() + 5 * time_hz();
	int status;

	while ((status = cpu_start(i, worker)) == -4 && time_now() < end) {
		cpu_relax();
	}
	return status;
}

static bool workers_start(unsigned int n)
{
	unsigned int i;

	stop = false;
	for (i = 1; i < n; i++) {
		int status = worker_start(i);

		if (status != 0) {
			printf("cpu %u: status %d\n", i, status);
			return false;
		}
	}
	return POLL_WAIT(alive == n - 1, 5000);
}

static bool workers_stop(unsigned int n)
{
	unsigned int i;

	stop = true;
	for (i = 1; i < n; i++) {
		irq_send(i, 3);
	}
	return POLL_WAIT(alive == 0, 5000);
}

int main(void)
{
	unsigned int n = cpu_count(), i, round;
	unsigned int expected = (unsigned int)arg_u64("cpus", n);

	TEST("cpus in the tree", n == expected, "%u, expected %u", n, expected);
	irq_on(irq_ipi(1), ping, NULL);
	irq_on(irq_ipi(2), irq_count, (void *)&pongs);
	irq_on(irq_ipi(3), wake, NULL);
	irq_send(0, 2);
	TEST("ipi to self", POLL_WAIT(pongs == 1, 5000), "did not arrive");
	TEST("start", workers_start(n), "%u of %u came up", (unsigned int)alive, n - 1);
	TEST("shared counter", sum == 10000 * (n - 1), "%u", (unsigned int)sum);
	pongs = 0;
	for (i = 1; i < n; i++) {
		for (round = 0; round < 100; round++) {
			uint32_t before = pongs;

			irq_send(i, 1);
			if (!POLL_WAIT(pongs == before + 1, 5000)) {
				break;
			}
		}
	}
	TEST("ipi there and back", pings == 100 * (n - 1) && pongs == pings, "%u there, %u back",
	     (unsigned int)pings, (unsigned int)pongs);
	if (n > 1) {
		TEST("start twice", cpu_start(1, worker) == -4, "not refused");
	}
	TEST("start an absent CPU", cpu_start(n, worker) != 0, "not refused");
	TEST("stop", workers_stop(n), "%u left", (unsigned int)alive);
	if (cpu_can_stop()) {
		TEST("start again", workers_start(n) && workers_stop(n), "%u of %u", (unsigned int)alive,
		     n - 1);
	} else {
		test_skip("start again", "a spin table takes no CPU back");
	}
	TEST("no strange interrupt", irq_spurious == 0, "%u", (unsigned int)irq_spurious);
	test_done();
	return 0;
}
