/* SPDX-License-Identifier: BSD-3-Clause */
/* Byte channels, the mux and doorbells: no byte lost or invented, interrupts when promised. */
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "hv/console.h"

#define SEND HCALL_TOKEN(1, EV_BYTE_CHANNEL_SEND)
#define RECEIVE HCALL_TOKEN(1, EV_BYTE_CHANNEL_RECEIVE)
#define POLL HCALL_TOKEN(1, EV_BYTE_CHANNEL_POLL)
#define U(x) ((uint64_t)(x))

static uint32_t seed = 12345;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)(seed >> 8) * below) >> 24);
}

static uint64_t send(unsigned int part, unsigned int handle, const uint8_t *bytes, unsigned int n)
{
	uint64_t x[2] = {0, 0};

	memcpy(x, bytes, n < 16 ? n : 16);
	return fake_hcall(part, SEND, 4, U(handle), U(n), x[0], x[1]);
}

static unsigned int receive(unsigned int part, unsigned int handle, uint8_t *bytes, uint64_t n)
{
	struct vcpu *v = &parts[part].vcpus[0];

	assert_int_equal(fake_hcall(part, RECEIVE, 2, U(handle), n), HC_OK);
	memcpy(bytes, &v->arch.x[2], 16);
	return (unsigned int)v->arch.x[1];
}

static unsigned int taken(unsigned int part)
{
	return (unsigned int)parts[part].vcpus[0].arch.x[1];
}

static void drain(unsigned int part, unsigned int handle)
{
	uint8_t bytes[16];

	while (receive(part, handle, bytes, 16) > 0) {
	}
}

/* Every size, random interleaving: what goes in comes out, in order. */
static void between_guests(void **state)
{
	static uint8_t model[1 << 20];
	uint32_t in = 0, out = 0;

	(void)state;
	while (in < sizeof(model) - 16) {
		uint8_t bytes[16];
		uint32_t n = rnd(17);

		if (rnd(2)) {
			for (uint32_t i = 0; i < n; i++) {
				bytes[i] = (uint8_t)rnd(256);
			}
			uint64_t status = send(FAKE_A, FAKE_H_AB, bytes, n);
			uint32_t room = QUEUE_MAX - (in - out);

			assert_int_equal(taken(FAKE_A), n < room ? n : room);
			assert_int_equal(status, n > 0 && room == 0 ? HC_EAGAIN : HC_OK);
			memcpy(model + in, bytes, taken(FAKE_A));
			in += taken(FAKE_A);
		} else {
			uint32_t want = rnd(40);
			uint32_t most = want < 16 ? want : 16;

			n = receive(FAKE_B, FAKE_H_AB, bytes, want);
			assert_int_equal(n, in - out < most ? in - out : most);
			assert_memory_equal(bytes, model + out, n);
			out += n;
		}
	}
	drain(FAKE_B, FAKE_H_AB);
}

static void full_and_interrupts(void **state)
{
	uint8_t bytes[16] = "0123456789abcdef";
	unsigned int total = 0;

	(void)state;
	drain(FAKE_B, FAKE_H_AB);
	(void)fake_raised(FAKE_B, FAKE_IRQ_AB_RX);
	(void)fake_raised(FAKE_A, FAKE_IRQ_AB_TX);
	while (send(FAKE_A, FAKE_H_AB, bytes, 16) == HC_OK) {
		total += taken(FAKE_A);
	}
	assert_int_equal(total, 4095);
	assert_int_equal(taken(FAKE_A), 0);
	assert_int_equal(fake_raised(FAKE_B, FAKE_IRQ_AB_RX), 256);
	assert_int_equal(fake_hcall(FAKE_A, POLL, 1, U(FAKE_H_AB)), HC_OK);
	assert_int_equal(parts[FAKE_A].vcpus[0].arch.x[1], 0);
	assert_int_equal(parts[FAKE_A].vcpus[0].arch.x[2], 0);
	assert_int_equal(fake_hcall(FAKE_B, POLL, 1, U(FAKE_H_AB)), HC_OK);
	assert_int_equal(parts[FAKE_B].vcpus[0].arch.x[1], 4095);
	assert_int_equal(fake_raised(FAKE_A, FAKE_IRQ_AB_TX), 0);
	/* Room again: told once, because it was refused once. */
	assert_int_equal(receive(FAKE_B, FAKE_H_AB, bytes, 1), 1);
	assert_int_equal(receive(FAKE_B, FAKE_H_AB, bytes, 1), 1);
	assert_int_equal(fake_raised(FAKE_A, FAKE_IRQ_AB_TX), 1);
	drain(FAKE_B, FAKE_H_AB);
	assert_int_equal(send(FAKE_A, FAKE_H_AB, bytes, 0), HC_OK);
	assert_int_equal(taken(FAKE_A), 0);
}

/* A restart forgets what was on its way to the guest, not what others are still to read. */
static void restart_flushes(void **state)
{
	uint8_t bytes[16] = "hello";

	(void)state;
	assert_int_equal(send(FAKE_A, FAKE_H_AB, bytes, 5), HC_OK);
	assert_int_equal(send(FAKE_B, FAKE_H_AB, bytes, 5), HC_OK);
	assert_int_equal(part_restart(&parts[FAKE_B], PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(receive(FAKE_B, FAKE_H_AB, bytes, 16), 0);
	assert_int_equal(receive(FAKE_A, FAKE_H_AB, bytes, 16), 5);
}

static unsigned int line(uint8_t *out)
{
	return fake_uart_out(0, out, 65536);
}

/* Take the frames apart as the other side would. */
static unsigned int unmux(const uint8_t *wire, unsigned int n, int channel, uint8_t *out)
{
	static int selected = -1;
	unsigned int got = 0;

	for (unsigned int i = 0; i < n; i++) {
		uint8_t c = wire[i];

		if (c == MUX_ESCAPE) {
			c = wire[++i];
			if (c == MUX_RESEND) {
				continue;
			}
			if (c != MUX_ESCAPE) {
				assert_true(c >= MUX_FIRST && c < MUX_FIRST + 32);
				selected = c - MUX_FIRST;
				continue;
			}
		}
		assert_true(selected >= 0);
		if (selected == channel) {
			out[got++] = c;
		}
	}
	return got;
}

/* What its own start posts to a CPU is looked at before the guest runs: no kick comes for that. */
static void waiting_at_a_start(void **state)
{
	struct part *a = &parts[FAKE_A];
	uint8_t bytes[16] = "hello";
	unsigned int syncs;

	(void)state;
	assert_int_equal(part_stop(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(send(FAKE_B, FAKE_H_AB, bytes, 5), HC_OK);
	fake_run();
	syncs = a->vcpus[0].arch.syncs;
	fake_start(FAKE_A);
	assert_true(a->vcpus[0].arch.syncs > syncs);
	assert_int_equal(receive(FAKE_A, FAKE_H_AB, bytes, 16), 5);
}

static enum trap second_on(struct vcpu *v, void *arg)
{
	return part_vcpu_on(v, 1, FAKE_GPA, 0, arg);
}

/* What comes for a paused vcpu is there when it goes on, not only when the last of them does. */
static void waiting_at_a_resume(void **state)
{
	struct part *a = &parts[FAKE_A];
	struct vcpu *v = &a->vcpus[0];
	uint8_t bytes[16] = "hello";
	unsigned int syncs;
	int status = 99;

	(void)state;
	fake_trap(v, second_on, &status);
	assert_int_equal(status, 0);
	assert_int_equal(part_pause(a), OK);
	fake_run();
	syncs = v->arch.syncs;
	assert_int_equal(send(FAKE_B, FAKE_H_AB, bytes, 5), HC_OK);
	assert_int_equal(v->arch.syncs, syncs);
	assert_int_equal(part_resume(a), OK);
	fake_step(v->cpu->index);
	assert_int_equal(v->state, VCPU_ON);
	assert_int_equal(a->state, PART_RESUMING);
	assert_true(v->arch.syncs > syncs);
	fake_run();
	assert_int_equal(receive(FAKE_A, FAKE_H_AB, bytes, 16), 5);
	assert_int_equal(part_restart(a, PART_BY_SHELL, "test"), OK);
	fake_run();
}

static void mux_sends_every_byte_value(void **state)
{
	static uint8_t wire[65536], got[65536], want[4096];
	unsigned int n = 0, total = 0;

	(void)state;
	(void)line(wire);
	for (unsigned int i = 0; i < sizeof(want); i += 16) {
		for (unsigned int k = 0; k < 16; k++) {
			want[i + k] = (uint8_t)(i + k);
		}
		assert_int_equal(send(FAKE_A, FAKE_H_MUX, want + i, 16), HC_OK);
		assert_int_equal(taken(FAKE_A), 16);
		n = line(wire);
		total += unmux(wire, n, 1, got + total);
	}
	assert_int_equal(total, sizeof(want));
	assert_memory_equal(got, want, sizeof(want));
}

/* A line that takes a few bytes now and then loses nothing and holds nobody up. */
static void mux_over_a_slow_line(void **state)
{
	static uint8_t wire[65536], got[65536], want[2048];
	unsigned int at = 0, n = 0;

	(void)state;
	fake_uart_room(0, 0);
	for (unsigned int i = 0; i < sizeof(want); i++) {
		want[i] = (uint8_t)(i % 7 == 0 ? MUX_ESCAPE : i);
	}
	while (at < sizeof(want)) {
		unsigned int some = 1 + rnd(16);

		some = some < sizeof(want) - at ? some : (unsigned int)sizeof(want) - at;
		(void)send(FAKE_A, FAKE_H_MUX, want + at, some);
		at += taken(FAKE_A);
		fake_uart_room(0, rnd(24));
		n += fake_uart_out(0, wire + n, (unsigned int)sizeof(wire) - n);
	}
	fake_uart_room(0, 65536);
	n += fake_uart_out(0, wire + n, (unsigned int)sizeof(wire) - n);
	assert_int_equal(unmux(wire, n, 1, got), sizeof(want));
	assert_memory_equal(got, want, sizeof(want));
}

/* A mux that a channel carries goes on as soon as that channel's reader has made room. */
static void mux_over_a_channel(void **state)
{
	static uint8_t wire[65536], got[65536];
	uint8_t bytes[16];
	unsigned int in = 0, n = 0, some;

	(void)state;
	memset(bytes, 'b', sizeof(bytes));
	while (send(FAKE_B, FAKE_H_OVER, bytes, 16) == HC_OK) {
		in += taken(FAKE_B);
	}
	assert_true(in > 2 * QUEUE_MAX);
	while ((some = receive(FAKE_M, FAKE_H_CARRIER, wire + n, 16)) > 0) {
		n += some;
	}
	assert_int_equal(unmux(wire, n, 3, got), in);
}

/* Log lines that find no room are shown when there is some, whatever else happens. */
static void log_over_a_slow_line(void **state)
{
	static uint8_t wire[65536], got[65536];
	unsigned int n, lines = 0;

	(void)state;
	fake_uart_room(0, 0);
	for (unsigned int i = 0; i < 200; i++) {
		log_print(LOG_INFO, "a line that is %s, number %u", "by no means short", i);
	}
	fake_run();
	n = line(wire);
	for (unsigned int i = 0; i < 400; i++) {
		fake_uart_room(0, 100);
		n += fake_uart_out(0, wire + n, (unsigned int)sizeof(wire) - n);
	}
	fake_uart_room(0, 65536);
	n += fake_uart_out(0, wire + n, (unsigned int)sizeof(wire) - n);
	got[unmux(wire, n, 0, got)] = 0;
	for (char *at = (char *)got; (at = strstr(at, ", number ")) != NULL; at++) {
		lines++;
	}
	assert_int_equal(lines, 200);
}

/* Two senders that never stop: each gets its turn. */
static void mux_is_fair(void **state)
{
	static uint8_t wire[65536], got[65536];
	uint8_t bytes[16];
	struct vcpu *b = &parts[FAKE_B].vcpus[0];
	unsigned int n;

	(void)state;
	fake_uart_room(0, 0);
	memset(bytes, 'a', sizeof(bytes));
	while (send(FAKE_A, FAKE_H_MUX, bytes, 16) == HC_OK) {
	}
	for (unsigned int i = 0; i < 2000; i++) {
		fake_store(b, FAKE_VUART, 1, 'b');
	}
	fake_uart_room(0, 2000);
	n = line(wire);
	assert_in_range(unmux(wire, n, 1, got), 900, 1100);
	assert_in_range(unmux(wire, n, 2, got), 900, 1100);
	fake_uart_room(0, 65536);
	(void)line(wire);
}

static void mux_receives(void **state)
{
	uint8_t bytes[16];
	static const uint8_t first[] = {MUX_ESCAPE, '1', 'x', MUX_ESCAPE, MUX_ESCAPE, 'y'};
	static const uint8_t split1[] = {'z', MUX_ESCAPE};
	static const uint8_t split2[] = {'2', 'w'};
	static const uint8_t unknown[] = {MUX_ESCAPE, '9',	  'l', 'o', 's',
					  't',	      MUX_ESCAPE, '1', 'k'};
	static const uint8_t junk[] = {MUX_ESCAPE, 0x07, 'k', MUX_ESCAPE, 0xff, 'n'};
	static const uint8_t again[] = {MUX_ESCAPE, MUX_RESEND};
	static uint8_t wire[65536];
	unsigned int n;

	(void)state;
	drain(FAKE_A, FAKE_H_MUX);
	(void)fake_raised(FAKE_A, FAKE_IRQ_MUX_RX);
	fake_uart_in(0, first, sizeof(first));
	assert_int_equal(receive(FAKE_A, FAKE_H_MUX, bytes, 16), 3);
	assert_memory_equal(bytes, "x\x18y", 3);
	assert_true(fake_raised(FAKE_A, FAKE_IRQ_MUX_RX) > 0);
	fake_uart_in(0, split1, sizeof(split1));
	fake_uart_in(0, split2, sizeof(split2));
	assert_int_equal(receive(FAKE_A, FAKE_H_MUX, bytes, 16), 1);
	assert_int_equal(bytes[0], 'z');
	assert_int_equal(fake_load(&parts[FAKE_B].vcpus[0], FAKE_VUART, 4), 'w');
	fake_uart_in(0, unknown, sizeof(unknown));
	assert_int_equal(receive(FAKE_A, FAKE_H_MUX, bytes, 16), 1);
	assert_int_equal(bytes[0], 'k');
	fake_uart_in(0, junk, sizeof(junk));
	assert_int_equal(receive(FAKE_A, FAKE_H_MUX, bytes, 16), 1);
	assert_int_equal(bytes[0], 'k');
	/* Asked to, the sender selects again even if the channel has not changed. */
	bytes[0] = 'q';
	(void)send(FAKE_A, FAKE_H_MUX, bytes, 1);
	(void)line(wire);
	fake_uart_in(0, again, sizeof(again));
	(void)send(FAKE_A, FAKE_H_MUX, bytes, 1);
	n = line(wire);
	assert_int_equal(n, 3);
	assert_memory_equal(wire,
			    "\x18"
			    "1q",
			    3);
}

/* More than a full queue from the line: the rest is dropped and counted, nothing else happens. */
static void mux_receiver_full(void **state)
{
	static uint8_t flood[6000];
	uint8_t bytes[16];
	unsigned int total = 0, n;

	(void)state;
	memset(flood, 'f', sizeof(flood));
	flood[0] = MUX_ESCAPE;
	flood[1] = '1';
	fake_uart_in(0, flood, sizeof(flood));
	while ((n = receive(FAKE_A, FAKE_H_MUX, bytes, 16)) > 0) {
		total += n;
	}
	assert_int_equal(total, QUEUE_MAX);
	assert_int_equal(muxes[0].channels[1].lost, sizeof(flood) - 2 - QUEUE_MAX);
}

static void straight_to_a_uart(void **state)
{
	uint8_t bytes[16] = "plain", out[64];

	(void)state;
	fake_uart_room(1, 3);
	assert_int_equal(send(FAKE_A, FAKE_H_UART, bytes, 5), HC_OK);
	assert_int_equal(fake_uart_out(1, out, sizeof(out)), 3);
	fake_uart_room(1, 100);
	assert_int_equal(fake_uart_out(1, out + 3, sizeof(out) - 3), 2);
	assert_memory_equal(out, "plain", 5);
	fake_uart_in(1, "back", 4);
	assert_int_equal(receive(FAKE_A, FAKE_H_UART, bytes, 16), 4);
	assert_memory_equal(bytes, "back", 4);
}

static void doorbells(void **state)
{
	(void)state;
	(void)fake_raised(FAKE_B, FAKE_IRQ_BELL);
	(void)fake_raised(FAKE_M, FAKE_IRQ_BELL);
	assert_int_equal(fake_hcall(FAKE_A, HCALL_TOKEN(1, EV_DOORBELL_SEND), 1, U(FAKE_H_BELL)),
			 HC_OK);
	assert_int_equal(fake_raised(FAKE_B, FAKE_IRQ_BELL), 1);
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_BELL), 1);
	assert_int_equal(fake_raised(FAKE_A, FAKE_IRQ_BELL), 0);
	assert_int_equal(fake_hcall(FAKE_M, HCALL_TOKEN(1, EV_DOORBELL_SEND), 1, U(FAKE_H_SHUT_A)),
			 HC_OK);
	assert_int_equal(fake_raised(FAKE_A, FAKE_IRQ_SHUTDOWN), 1);
	assert_int_equal(fake_hcall(FAKE_B, HCALL_TOKEN(1, EV_DOORBELL_SEND), 1, U(FAKE_H_BELL)),
			 HC_EINVAL);
}

/* The operator's shell, through the mux, end to end. */
static void shell_over_the_mux(void **state)
{
	static uint8_t wire[65536], got[65536];
	static const char stop[] = "\x18"
				   "0stop b\r";
	static const char typo[] = "\x18"
				   "0stpo\x7f\x7fop \"b\"\r";
	static const char info[] = "\x18"
				   "0info\r";
	unsigned int n;

	(void)state;
	(void)line(wire);
	fake_uart_in(0, stop, sizeof(stop) - 1);
	assert_int_equal(parts[FAKE_B].state, PART_STOPPED);
	fake_uart_in(0, info, sizeof(info) - 1);
	n = line(wire);
	n = unmux(wire, n, 0, got);
	got[n] = 0;
	assert_non_null(strstr((char *)got, "stop: by the operator"));
	assert_non_null(strstr((char *)got, "b                stopped      0/1"));
	assert_non_null(strstr((char *)got, "a                running      1/2"));
	fake_uart_in(0, typo, sizeof(typo) - 1);
	n = unmux(wire, line(wire), 0, got);
	got[n] = 0;
	assert_non_null(strstr((char *)got, "b is stopped: it cannot be stopped"));
	fake_start(FAKE_B);
}

static int boot(void **state)
{
	(void)state;
	fake_boot();
	fake_start(FAKE_A);
	fake_start(FAKE_B);
	fake_start(FAKE_M);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(between_guests),	    cmocka_unit_test(full_and_interrupts),
	    cmocka_unit_test(restart_flushes),	    cmocka_unit_test(waiting_at_a_start),
	    cmocka_unit_test(waiting_at_a_resume),
	    cmocka_unit_test(mux_sends_every_byte_value),
	    cmocka_unit_test(mux_over_a_slow_line), cmocka_unit_test(mux_is_fair),
	    cmocka_unit_test(log_over_a_slow_line),
	    cmocka_unit_test(mux_receives),	    cmocka_unit_test(mux_receiver_full),
	    cmocka_unit_test(straight_to_a_uart),   cmocka_unit_test(doorbells),
	    cmocka_unit_test(shell_over_the_mux),   cmocka_unit_test(mux_over_a_channel),
	};

	return cmocka_run_group_tests_name("chan", tests, boot, NULL);
}
