/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of devices: to the right line and vCPU, not across a restart, never a stranger's. */
#include "tests/unit/vgic_fake.h"
#include "hv/msi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES = 4, LPIS = 3 * MESSAGES, DEVICES = 3 };

/* ---- an ITS made of arrays ---- */

static struct {
	struct {
		bool is_there;
		uint32_t last;               /* EventID */
		uint32_t lpi[128];           /* by EventID, 0: not mapped */
		unsigned int cpu[128];
	} device[DEVICES];
	bool pending[LPIS];                  /* not yet taken by its CPU */
	unsigned int at[LPIS];               /* that CPU */
	unsigned int commands, syncs, clears;
	uint32_t touched;                    /* CPUs events moved from or to since begin */
	bool is_open;
	enum err answer;
} its;

static unsigned int device_index(uint32_t device)
{
	assert_true(device % 8 == 0 && device >= 8 && device <= 24);
	return device / 8 - 1;
}

static enum err its_device(uint32_t device, uint32_t last)
{
	assert_true(its.is_open);
	its.device[device_index(device)].is_there = true;
	its.device[device_index(device)].last = last;
	return OK;
}

static void its_begin(void)
{
	assert_false(its.is_open);
	its.is_open = true;
	its.touched = 0;
}

static enum err its_end(uint32_t to)
{
	assert_true(its.is_open);
	its.is_open = false;
	assert_int_equal(its.touched & ~to, 0);
	its.syncs++;
	return its.answer;
}

static void its_map(uint32_t device, uint32_t event, uint32_t lpi, unsigned int cpu)
{
	unsigned int d = device_index(device);

	assert_true(its.is_open && its.device[d].is_there && event <= its.device[d].last);
	assert_true(lpi >= LPI_FIRST && lpi < LPI_FIRST + LPIS);
	its.device[d].lpi[event] = lpi;
	its.device[d].cpu[event] = cpu;
	its.touched |= 1u << cpu;
	its.commands++;
}

static void its_move(uint32_t device, uint32_t event, unsigned int cpu)
{
	unsigned int d = device_index(device);
	uint32_t lpi = its.device[d].lpi[event];

	assert_true(its.is_open && lpi != 0);
	its.touched |= 1u << cpu | 1u << its.device[d].cpu[event];
	its.commands++;
	if (its.answer == OK) {
		its.device[d].cpu[event] = cpu;
		its.at[lpi - LPI_FIRST] = cpu;
	}
}

static void its_clear(uint32_t device, uint32_t event)
{
	uint32_t lpi = its.device[device_index(device)].lpi[event];

	assert_true(its.is_open && lpi != 0);
	its.commands++;
	its.clears++;
	its.pending[lpi - LPI_FIRST] = false;
}

static const struct msi_hw its_hw = {
	.device = its_device,
	.begin = its_begin,
	.map = its_map,
	.move = its_move,
	.clear = its_clear,
	.end = its_end,
};

/* A device writes to its doorbell. */
static void its_send(uint32_t device, uint32_t event)
{
	unsigned int d = device_index(device);
	uint32_t lpi = its.device[d].is_there && event < 128 ? its.device[d].lpi[event] : 0;

	if (lpi != 0) {
		its.pending[lpi - LPI_FIRST] = true;
		its.at[lpi - LPI_FIRST] = its.device[d].cpu[event];
	}
}

/* CPUs take what is pending. */
static void its_take(void)
{
	for (unsigned int i = 0; i < LPIS; i++) {
		if (its.pending[i]) {
			its.pending[i] = false;
			assert_true(its.at[i] >= 1);
			fake_run_on(its.at[i] - 1);
			msi_arrive(&fake_vgic()->cpus[its.at[i] - 1], LPI_FIRST + i);
			fake_settle();
		}
	}
	fake_run_on(0);
}

static void send(uint32_t device, uint32_t event)
{
	its_send(device, event);
	its_take();
}

static void begin(unsigned int vcpus)
{
	memset(&its, 0, sizeof(its));
	msi_hw = &its_hw;
	msi_strays = 0;
	fake_messages = MESSAGES;
	fake_part.starts = 0;
	fake_start_on(3, vcpus);
	/* Before the first start nothing can be pending, and an ITS may not know its CPUs yet. */
	assert_int_equal(its.clears, 0);
	fake_part.starts = 1;
	for (unsigned int k = 0; k < MESSAGES; k++) {
		fake_enable(LINE_MSG + k);
	}
	/* Another partition's function, mapped by what would be its own msi_part_init(). */
	its.device[2].is_there = true;
	its.device[2].lpi[LINE_MSG] = LPI_FIRST + 2 * MESSAGES;
	its.device[2].cpu[LINE_MSG] = 3;
}

static void route(uint32_t irq, unsigned int vcpu)
{
	uint64_t x = vcpu;

	assert_true(fake_access(0, IROUTER + 8 * irq, 8, true, &x));
}

/* ---- tests ---- */

static void test_mapped(void **state)
{
	(void)state;
	begin(2);
	for (unsigned int d = 0; d < 2; d++) {
		assert_int_equal(its.device[d].last, LINE_MSG + MESSAGES - 1);
		for (unsigned int e = 0; e < 128; e++) {
			unsigned int k = e - LINE_MSG;

			assert_int_equal(its.device[d].lpi[e],
					 k < MESSAGES ? LPI_FIRST + d * MESSAGES + k : 0);
			assert_int_equal(its.device[d].cpu[e], k < MESSAGES ? 1 : 0);
		}
	}
	/* Guests do not see that there are LPIs. */
	assert_int_equal(fake_rd(4) & (1 << 17 | 1 << 16), 0);
}

static void test_delivered(void **state)
{
	(void)state;
	begin(2);
	for (unsigned int d = 0; d < 2; d++) {
		for (uint32_t irq = LINE_MSG; irq < LINE_MSG + MESSAGES; irq++) {
			send(8 + 8 * d, irq);
			assert_int_equal(fake_ack(1), NONE_PENDING);
			assert_int_equal(fake_ack(0), irq);
			assert_int_equal(fake_ack(0), NONE_PENDING);
			fake_eoi(0, irq);
		}
	}
	/* Edges: what comes while it is pending is one, while it is active one more. */
	send(8, LINE_MSG);
	send(8, LINE_MSG);
	send(16, LINE_MSG);
	assert_int_equal(fake_ack(0), LINE_MSG);
	send(8, LINE_MSG);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_eoi(0, LINE_MSG);
	assert_int_equal(fake_ack(0), LINE_MSG);
	fake_eoi(0, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	/* Events beyond what is mapped go nowhere. */
	send(8, LINE_MSG - 1);
	send(8, LINE_MSG + MESSAGES);
	send(8, 0xffffffff);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(msi_strays, 0);
	fake_check();
}

static void test_masked(void **state)
{
	(void)state;
	begin(1);
	fake_wr(ICENABLER + word_of(LINE_MSG), bit_of(LINE_MSG));
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_rd(ISPENDR + word_of(LINE_MSG)), bit_of(LINE_MSG));
	fake_enable(LINE_MSG);
	assert_int_equal(fake_ack(0), LINE_MSG);
	fake_eoi(0, LINE_MSG);
	fake_wr(ICENABLER + word_of(LINE_MSG), bit_of(LINE_MSG));
	send(8, LINE_MSG);
	fake_wr(ICPENDR + word_of(LINE_MSG), bit_of(LINE_MSG));
	fake_enable(LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	/* The whole group off. */
	fake_wr(0, 0);
	send(16, LINE_MSG + 1);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_wr(0, V3_ON);
	assert_int_equal(fake_ack(0), LINE_MSG + 1);
	fake_check();
}

/* The LPIs follow the route; only of the line concerned, and not when nothing changes. */
static void test_routed(void **state)
{
	unsigned int before;

	(void)state;
	begin(2);
	before = its.commands;
	route(LINE_MSG, 0);
	route(LINE_BELL, 1);
	assert_int_equal(its.commands, before);
	route(LINE_MSG, 1);
	assert_int_equal(its.commands, before + 2);
	assert_int_equal(its.device[0].cpu[LINE_MSG], 2);
	assert_int_equal(its.device[1].cpu[LINE_MSG], 2);
	assert_int_equal(its.device[0].cpu[LINE_MSG + 1], 1);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_ack(1), LINE_MSG);
	fake_eoi(1, LINE_MSG);
	/* A CPU the guest does not have: it waits, and comes when the route is right again. */
	route(LINE_MSG, 7);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	route(LINE_MSG, 0);
	assert_int_equal(fake_ack(0), LINE_MSG);
	fake_check();
}

/* Moved while its handler runs: the next one must not run beside it. */
static void test_moved_active(void **state)
{
	(void)state;
	begin(2);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), LINE_MSG);
	route(LINE_MSG, 1);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_eoi(0, LINE_MSG);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	assert_int_equal(fake_ack(0), LINE_MSG);
	fake_eoi(0, LINE_MSG);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_ack(1), LINE_MSG);
	fake_eoi(1, LINE_MSG);
	/* Moved while pending: once, at either. */
	send(8, LINE_MSG + 1);
	route(LINE_MSG + 1, 1);
	send(8, LINE_MSG + 1);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_ack(1), LINE_MSG + 1);
	fake_eoi(1, LINE_MSG + 1);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	fake_check();
}

/* The ITS does not do what it is told: messages come to the wrong CPU; the guest does not see it. */
static void test_move_fails(void **state)
{
	(void)state;
	begin(2);
	its.answer = ERR_TIMEOUT;
	route(LINE_MSG, 1);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_ack(1), LINE_MSG);
	fake_eoi(1, LINE_MSG);
	its.answer = OK;
	route(LINE_MSG, 1);
	assert_int_equal(its.device[0].cpu[LINE_MSG], 2);
	/* At a reset: nothing is believed until one has succeeded. */
	its.answer = ERR_TIMEOUT;
	vic_reset(&fake_part);
	fake_wr(0, V3_ON);
	fake_enable(LINE_MSG);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(msi_strays, 1);
	its.answer = OK;
	vic_reset(&fake_part);
	fake_run_on(0);
	vic_vcpu_reset(&fake_part.vcpus[0]);
	fake_wr(0, V3_ON);
	fake_enable(LINE_MSG);
	send(8, LINE_MSG);
	assert_int_equal(fake_ack(0), LINE_MSG);
}

static void test_reset(void **state)
{
	(void)state;
	begin(2);
	route(LINE_MSG, 1);
	send(8, LINE_MSG + 1);              /* in a list register */
	fake_wr(ICENABLER + word_of(LINE_MSG + 2), bit_of(LINE_MSG + 2));
	send(8, LINE_MSG + 2);              /* in a word */
	its_send(8, LINE_MSG);              /* in the hardware */
	its_send(16, LINE_MSG + 3);
	fake_part.state = PART_STOPPING;
	vic_reset(&fake_part);
	fake_part.state = PART_STOPPED;
	for (unsigned int i = 0; i < LPIS; i++) {
		assert_false(its.pending[i]);
	}
	/* One that was acknowledged before and handled only now. */
	msi_arrive(&fake_vgic()->cpus[0], LPI_FIRST);
	fake_settle();
	fake_part.state = PART_STARTING;
	msi_arrive(&fake_vgic()->cpus[0], LPI_FIRST + 1);
	fake_settle();
	vic_reset(&fake_part);
	msi_arrive(&fake_vgic()->cpus[0], LPI_FIRST + 2);
	fake_part.state = PART_RUNNING;
	for (unsigned int i = 0; i < 2; i++) {
		fake_run_on(i);
		vic_vcpu_reset(&fake_part.vcpus[i]);
	}
	fake_run_on(0);
	fake_wr(0, V3_ON);
	for (unsigned int k = 0; k < MESSAGES; k++) {
		fake_enable(LINE_MSG + k);
		assert_int_equal(its.device[0].cpu[LINE_MSG + k], 1);
		assert_int_equal(its.device[1].cpu[LINE_MSG + k], 1);
	}
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	assert_int_equal(fake_rd(ISPENDR + word_of(LINE_MSG)), 0);
	/* And the new life has its messages. */
	send(16, LINE_MSG);
	assert_int_equal(fake_ack(0), LINE_MSG);
	fake_check();
}

/* Sent to a vCPU that is not on yet: it waits for it, and nothing of the last life comes with it. */
static void test_off(void **state)
{
	(void)state;
	begin(2);
	route(LINE_MSG, 1);
	route(LINE_MSG + 1, 1);
	send(8, LINE_MSG);                  /* in a list register of vCPU 1 */
	fake_part.state = PART_STOPPING;
	fake_part.vcpus[0].state = VCPU_OFF;
	fake_part.vcpus[1].state = VCPU_OFF;
	vic_reset(&fake_part);
	fake_part.state = PART_RUNNING;
	fake_part.vcpus[0].state = VCPU_ON;
	fake_run_on(0);
	vic_vcpu_reset(&fake_part.vcpus[0]);
	fake_wr(0, V3_ON);
	fake_enable(LINE_MSG);
	fake_enable(LINE_MSG + 1);
	route(LINE_MSG + 1, 1);
	its_send(8, LINE_MSG + 1);
	fake_run_on(1);
	msi_arrive(&fake_vgic()->cpus[1], LPI_FIRST + 1);
	fake_part.vcpus[1].state = VCPU_ON;
	vic_vcpu_reset(&fake_part.vcpus[1]);
	assert_int_equal(fake_ack(1), LINE_MSG + 1);
	fake_eoi(1, LINE_MSG + 1);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_check();
}

static void test_strays(void **state)
{
	(void)state;
	begin(2);
	/* Another partition's, a CPU nobody runs on, and LPIs that do not exist. */
	msi_arrive(&fake_vgic()->cpus[0], LPI_FIRST + 2 * MESSAGES);
	msi_arrive(&fake_vgic()->cpus[1], LPI_FIRST + 2 * MESSAGES);
	msi_arrive(NULL, LPI_FIRST);
	msi_arrive(&fake_vgic()->cpus[0], 0xffffff);
	fake_settle();
	assert_int_equal(msi_strays, 4);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	fake_check();
}

/* None was lost for good: what is sent now is heard. */
static void check_heard(uint32_t line)
{
	bool is_heard = false;

	fake_enable(line);
	route(line, 0);
	send(8, line);
	for (unsigned int n = 0; n < 16 && !is_heard; n++) {
		uint32_t irq = fake_ack(n % 2);

		is_heard = irq == line;
		if (irq != NONE_PENDING) {
			fake_eoi(n % 2, irq);
		}
	}
	assert_true(is_heard);
}

/* Everything at random: no line is active at two vCPUs, and none goes deaf. */
static void test_random(void **state)
{
	unsigned int sent[MESSAGES] = { 0 }, taken[MESSAGES] = { 0 };
	bool active[2][MESSAGES] = { 0 };

	(void)state;
	begin(2);
	srand(5);
	for (unsigned int step = 0; step < 20000; step++) {
		uint32_t k = (unsigned int)rand() % MESSAGES, irq = LINE_MSG + k;
		unsigned int vcpu = (unsigned int)rand() % 2;

		switch (rand() % 7) {
		case 0:
		case 1:
			send(rand() % 2 ? 8 : 16, irq);
			sent[k]++;
			break;
		case 2:
			route(irq, vcpu);
			break;
		case 3:
			fake_wr(rand() % 2 ? ISENABLER + word_of(irq) : ICENABLER + word_of(irq),
				bit_of(irq));
			break;
		case 4:
			vic_raise(&fake_part, LINE_BELL);
			fake_settle();
			break;
		default:
			irq = fake_ack(vcpu);
			k = irq - LINE_MSG;
			if (k < MESSAGES) {
				assert_false(active[0][k] || active[1][k]);
				active[vcpu][k] = true;
				taken[k]++;
			} else if (irq != NONE_PENDING) {
				fake_eoi(vcpu, irq);
			}
			for (k = 0; k < MESSAGES && rand() % 2; k++) {
				if (active[vcpu][k]) {
					active[vcpu][k] = false;
					fake_eoi(vcpu, LINE_MSG + k);
				}
			}
			break;
		}
		fake_check();
	}
	for (uint32_t k = 0; k < MESSAGES; k++) {
		for (unsigned int vcpu = 0; vcpu < 2; vcpu++) {
			if (active[vcpu][k]) {
				fake_eoi(vcpu, LINE_MSG + k);
			}
		}
	}
	for (uint32_t k = 0; k < MESSAGES; k++) {
		assert_true(sent[k] > 100 && taken[k] > 100);
		check_heard(LINE_MSG + k);
	}
}

/* The frame as a CPU sees it: every offset and width against what the registers are. */
static void test_frame(void **state)
{
	(void)state;
	begin(1);
	for (uint32_t offset = 0; offset < 0x1000; offset++) {
		for (unsigned int size = 1; size <= 8; size *= 2) {
			uint64_t x = UINT64_C(0xdddddddddddddddd), want = 0;
			bool ok = fake_access(2, offset, size, false, &x);

			assert_int_equal(ok, size == 4 && offset % 4 == 0);
			want = offset == 8 ? LINE_MSG << 16 | MESSAGES : want;
			want = offset == 0xfcc ? 0x46000000 : want;
			if (ok) {
				assert_int_equal(x, want);
			}
			x = LINE_MSG + 1;
			ok = fake_access(2, offset, size, true, &x);
			assert_int_equal(ok, (size == 4 && offset % 4 == 0) ||
						     (size == 2 && offset == 0x40));
			assert_int_equal(fake_ack(0), ok && offset == 0x40 ? LINE_MSG + 1 : NONE_PENDING);
			if (ok && offset == 0x40) {
				fake_eoi(0, LINE_MSG + 1);
			}
		}
	}
	for (uint32_t irq = 0; irq < 2048; irq++) {
		uint64_t x = irq;

		assert_true(fake_access(2, 0x40, 4, true, &x));
		for (unsigned int word = 0; word < VGIC_WORDS; word++) {
			assert_int_equal(fake_vgic()->cpus[0].pend[word], 0);
		}
		if (irq - LINE_MSG < MESSAGES) {
			assert_int_equal(fake_ack(0), irq);
			fake_eoi(0, irq);
		}
		assert_int_equal(fake_ack(0), NONE_PENDING);
		x = UINT64_C(1) << (10 + irq % 22) | LINE_MSG;
		assert_true(fake_access(2, 0x40, 4, true, &x));
		assert_int_equal(fake_ack(0), NONE_PENDING);
	}
	fake_check();
}

/* What the plan has but the machine has not. */
static void test_refused(void **state)
{
	(void)state;
	begin(1);
	msi_hw = NULL;
	fake_part.msi = NULL;
	assert_int_equal(msi_part_init(&fake_part), ERR_STATE);
	msi_hw = &its_hw;
	its.answer = ERR_STATE;
	assert_int_equal(msi_part_init(&fake_part), ERR_STATE);
	assert_null(fake_part.msi);
	/* No messages: nothing is asked of the hardware, then or later. */
	fake_messages = 0;
	msi_hw = NULL;
	fake_start_on(3, 2);
	assert_null(fake_part.msi);
	route(LINE_BELL, 1);
	vic_reset(&fake_part);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_delivered),
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_routed),
		cmocka_unit_test(test_moved_active),
		cmocka_unit_test(test_move_fails),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_strays),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
