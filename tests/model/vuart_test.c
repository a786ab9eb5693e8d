/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual PL011: registers by table, FIFO flags, interrupts, and a driver's ways with them. */
#include <string.h>

#include "drivers/pl011_regs.h"
#include "fake.h"

static struct vcpu *b;

static uint32_t rd(uint64_t reg)
{
	return (uint32_t)fake_load(b, FAKE_VUART + reg, 4);
}

static void wr(uint64_t reg, uint32_t x)
{
	fake_store(b, FAKE_VUART + reg, 4, x);
}

static bool line_on(void)
{
	return parts[FAKE_B].arch.level[FAKE_IRQ_VUART];
}

/* Bytes from the other side: channel 2 of the mux. */
static void in(const char *text)
{
	uint8_t wire[64] = {MUX_ESCAPE, '2'};

	memcpy(wire + 2, text, strlen(text));
	fake_uart_in(0, wire, 2 + (unsigned int)strlen(text));
}

static int fresh(void **state)
{
	static uint8_t wire[65536];

	(void)state;
	fake_uart_room(0, 65536);
	assert_int_equal(part_restart(&parts[FAKE_B], PART_BY_SHELL, "test"), OK);
	fake_run();
	(void)fake_uart_out(0, wire, sizeof(wire));
	b->arch.faults = 0;
	return 0;
}

/* Reset value, value after writing all ones: the whole register file. */
static void registers(void **state)
{
	static const struct {
		uint64_t reg;
		uint32_t reset, ones;
	} rows[] = {
	    {PL011_RSR, 0, 0},
	    {PL011_FR, 0x97, 0x97},
	    {PL011_ILPR, 0, 0},
	    {PL011_IBRD, 0, 0xffff},
	    {PL011_FBRD, 0, 0x3f},
	    {PL011_LCR_H, 0x70, 0xff},
	    {PL011_CR, 0x301, 0xff01},
	    {PL011_IFLS, 0x12, 0x3f},
	    {PL011_IMSC, 0, 0x7ff},
	    {PL011_RIS, 0, 0},
	    {PL011_MIS, 0, 0},
	    {PL011_ICR, 0, 0},
	    {PL011_DMACR, 0, 0},
	    {0xfe0, 0x11, 0x11},
	    {0xfe4, 0x10, 0x10},
	    {0xfe8, 0x14, 0x14},
	    {0xfec, 0, 0},
	    {0xff0, 0x0d, 0x0d},
	    {0xff4, 0xf0, 0xf0},
	    {0xff8, 0x05, 0x05},
	    {0xffc, 0xb1, 0xb1},
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(rd(rows[i].reg), rows[i].reset);
		wr(rows[i].reg, 0xffffffff);
		assert_int_equal(rd(rows[i].reg), rows[i].ones);
		assert_int_equal(b->arch.faults, 0);
	}
	assert_int_equal(part_restart(&parts[FAKE_B], PART_BY_SHELL, "test"), OK);
	fake_run();
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(rd(rows[i].reg), rows[i].reset);
	}
}

static void what_is_not_there_faults(void **state)
{
	(void)state;
	(void)rd(0x08);
	assert_int_equal(b->arch.faults, 1);
	(void)fake_load(b, FAKE_VUART + 0x18, 8);
	assert_int_equal(b->arch.faults, 2);
	(void)fake_load(b, FAKE_VUART + 0x19, 1);
	assert_int_equal(b->arch.faults, 3);
	(void)fake_load(b, FAKE_VUART + 0xffe, 4);
	assert_int_equal(b->arch.faults, 4);
	(void)fake_load(b, FAKE_VUART - 4, 4);
	(void)fake_load(b, FAKE_VUART + 0x1000, 4);
	assert_int_equal(b->arch.faults, 6);
}

static void sends(void **state)
{
	uint8_t wire[64];

	(void)state;
	wr(PL011_DR, 'h');
	fake_store(b, FAKE_VUART, 1, 'i');
	assert_int_equal(fake_uart_out(0, wire, sizeof(wire)), 4);
	assert_memory_equal(wire,
			    "\x18"
			    "2hi",
			    4);
	wr(PL011_CR, 0);
	wr(PL011_DR, 'x');
	assert_int_equal(fake_uart_out(0, wire, sizeof(wire)), 0);
	wr(PL011_CR, PL011_CR_UARTEN | PL011_CR_TXE);
	wr(PL011_DR, 'y');
	assert_int_equal(fake_uart_out(0, wire, sizeof(wire)), 1);
}

static void receives(void **state)
{
	(void)state;
	wr(PL011_IMSC, PL011_INT_RX | PL011_INT_RT);
	assert_false(line_on());
	in("ab");
	assert_true(line_on());
	assert_int_equal(rd(PL011_MIS), PL011_INT_RT);
	assert_false(rd(PL011_FR) & PL011_FR_RXFE);
	assert_int_equal(rd(PL011_DR), 'a');
	assert_true(line_on());
	assert_int_equal(rd(PL011_DR), 'b');
	assert_false(line_on());
	assert_true(rd(PL011_FR) & PL011_FR_RXFE);
	in("0123456789abcdefXYZ");
	assert_true(rd(PL011_FR) & PL011_FR_RXFF);
	assert_int_equal(rd(PL011_MIS), PL011_INT_RX | PL011_INT_RT);
	for (unsigned int i = 0; i < 19; i++) {
		assert_int_equal(rd(PL011_DR), "0123456789abcdefXYZ"[i]);
	}
	assert_false(line_on());
	assert_int_equal(rd(PL011_DR), 0);
}

/* Levels of IFLS, and the one-byte holding register without FIFOs. */
static void receive_levels(void **state)
{
	static const uint32_t level[5] = {2, 4, 8, 12, 14};

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		wr(PL011_IFLS, i << 3);
		for (unsigned int n = 1; n <= 16; n++) {
			in("x");
			assert_int_equal(!!(rd(PL011_RIS) & PL011_INT_RX), n >= level[i]);
		}
		for (unsigned int n = 16; n > 0; n--) {
			assert_int_equal(!!(rd(PL011_RIS) & PL011_INT_RX), n >= level[i]);
			(void)rd(PL011_DR);
		}
	}
	wr(PL011_LCR_H, 0x60);
	in("q");
	assert_int_equal(rd(PL011_RIS), PL011_INT_RX);
	assert_true(rd(PL011_FR) & PL011_FR_RXFF);
	(void)rd(PL011_DR);
	assert_int_equal(rd(PL011_RIS), 0);
}

/* What Linux's driver relies on: after writing, the transmit interrupt comes, and ICR takes it
 * away. */
static void transmit_interrupt(void **state)
{
	(void)state;
	wr(PL011_IMSC, PL011_INT_TX);
	assert_false(line_on());
	wr(PL011_DR, 'a');
	assert_true(line_on());
	wr(PL011_ICR, PL011_INT_TX);
	assert_false(line_on());
	assert_int_equal(rd(PL011_RIS), 0);
	wr(PL011_DR, 'b');
	wr(PL011_IMSC, 0);
	assert_false(line_on());
	assert_int_equal(rd(PL011_RIS), PL011_INT_TX);
	wr(PL011_IMSC, PL011_INT_TX);
	assert_true(line_on());
}

/* A stuck line: FIFO fills up behind the full channel; nothing is taken twice or lost on draining.
 */
static void transmit_full(void **state)
{
	static uint8_t wire[65536];
	unsigned int accepted = 0;

	(void)state;
	fake_uart_room(0, 0);
	wr(PL011_IMSC, PL011_INT_TX);
	while (!(rd(PL011_FR) & PL011_FR_TXFF)) {
		wr(PL011_DR, 'a' + accepted % 26);
		accepted++;
		assert_true(accepted < 10000);
	}
	assert_true(accepted >= QUEUE_MAX);
	assert_true(rd(PL011_FR) & PL011_FR_BUSY);
	assert_false(rd(PL011_FR) & PL011_FR_TXFE);
	assert_false(line_on());
	wr(PL011_ICR, PL011_INT_ALL);
	fake_uart_room(0, 65536);
	assert_true(line_on());
	assert_true(rd(PL011_FR) & PL011_FR_TXFE);
	assert_int_equal(fake_uart_out(0, wire, sizeof(wire)), accepted);
	for (unsigned int i = 0; i < accepted; i++) {
		assert_int_equal(wire[i], 'a' + i % 26);
	}
}

static int boot(void **state)
{
	static uint8_t wire[65536];

	(void)state;
	fake_boot();
	fake_start(FAKE_B);
	b = &parts[FAKE_B].vcpus[0];
	(void)fake_uart_out(0, wire, sizeof(wire));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(registers, fresh),
	    cmocka_unit_test_setup(what_is_not_there_faults, fresh),
	    cmocka_unit_test_setup(sends, fresh),
	    cmocka_unit_test_setup(receives, fresh),
	    cmocka_unit_test_setup(receive_levels, fresh),
	    cmocka_unit_test_setup(transmit_interrupt, fresh),
	    cmocka_unit_test_setup(transmit_full, fresh),
	};

	return cmocka_run_group_tests_name("vuart", tests, boot, NULL);
}
