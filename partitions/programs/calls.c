/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls as a guest makes them: exact statuses and results, call by call, of what is at the edge. */
/*
 * boot CPU, ppc only; the layout names byte-channel `peer`, whose other end reads nothing, send-doorbell
 * `ring` and receive-doorbell `bell` of one doorbell; parameters: proxy=0 where the layout has
 * legacy-interrupts, reset=1 to end with FH_SYSTEM_RESET, which must not return.
 */
#include "facet/test.h"

#include "facet/hcall.h"
#include "kit/ppc-e500mc/ppc.h"

#include <libfdt.h>
#include <string.h>

enum { OK, EPERM_, ENOENT_, EIO_, EAGAIN_, ENOMEM_, EFAULT_, ENODEV_, EINVAL_, INTERNAL_, CONFIG_,
       STATE_, UNIMPLEMENTED_, OVERFLOW_ };
#define SELF 0xffffffffu
#define NOBODY 0x7ffff000u	/* guest-physical: no memory */
#define RECORD 752u
#define SPURIOUS 0xffffu

static uint32_t channel, ring, bell;

/* Up to eight arguments; *r4 is what came back, when it is asked for. */
static uint64_t call(uint32_t token, const uint32_t *args, unsigned int n, uint32_t *r4)
{
	struct hcall_regs io = {.r = {0}};
	uint64_t status;
	unsigned int i;

	for (i = 0; i < n; i++) {
		io.r[i + 1] = args[i];
	}
	status = hcall(token >> 16, token & 0xffff, &io);
	if (r4) {
		*r4 = (uint32_t)io.r[1];
	}
	return status;
}

#define ARGS(...) (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)
#define EV(n) (1u << 16 | EV_##n)
#define FH(n) (2u << 16 | FH_##n)

static void expect(const char *name, uint64_t status, uint64_t wanted)
{
	TEST(name, status == wanted, "status %lu instead of %lu", (unsigned long)status, (unsigned long)wanted);
}

/* Numbers that are no handle of the kind a call wants: EINVAL, and nothing else happens. */
static void test_handles(void)
{
	static const uint32_t calls[] = {
	    EV(BYTE_CHANNEL_SEND), EV(BYTE_CHANNEL_RECEIVE), EV(BYTE_CHANNEL_POLL), EV(INT_SET_CONFIG),
	    EV(INT_GET_CONFIG), EV(INT_SET_MASK), EV(INT_GET_MASK), EV(INT_EOI), EV(DOORBELL_SEND),
	    FH(PARTITION_GET_DTPROP), FH(PARTITION_SET_DTPROP), FH(PARTITION_RESTART), FH(PARTITION_GET_STATUS),
	    FH(PARTITION_START), FH(PARTITION_STOP), FH(PARTITION_MEMCPY), FH(DMA_ENABLE), FH(DMA_DISABLE),
	    FH(VMPIC_GET_MSIR), FH(GET_CORE_STATE), FH(CLAIM_DEVICE), FH(PARTITION_STOP_DMA), FH(DMA_ATTR_SET),
	    FH(DMA_ATTR_GET),
	};
	static const uint32_t handles[] = {0, 1022, 1023, 1024, 0x80000000, 0xfffffffe};
	unsigned int i, k, wrong = 0;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		for (k = 0; k < sizeof(handles) / sizeof(handles[0]); k++) {
			uint64_t status = call(calls[i], ARGS(handles[k], 0, 0, 0), NULL);

			if (status != EINVAL_ && wrong++ < 5) {
				printf("call 0x%lx of handle 0x%lx: %lu\n", (unsigned long)calls[i],
				       (unsigned long)handles[k], (unsigned long)status);
			}
		}
	}
	TEST("handles that are none", wrong == 0, "%u accepted", wrong);
	expect("a channel is no interrupt", call(EV(INT_EOI), ARGS(channel), NULL), EINVAL_);
	expect("an interrupt is no channel", call(EV(BYTE_CHANNEL_POLL), ARGS(bell), NULL), EINVAL_);
	expect("a channel is no doorbell", call(EV(DOORBELL_SEND), ARGS(channel), NULL), EINVAL_);
	expect("-1 is no channel", call(EV(BYTE_CHANNEL_POLL), ARGS(SELF), NULL), EINVAL_);
}

static void test_tokens(void)
{
	static const uint32_t none[] = {1u << 16 | 0, 1u << 16 | 8, 1u << 16 | 11, 1u << 16 | 12, 1u << 16 | 13,
					1u << 16 | 17, 1u << 16 | 0xffff, 2u << 16 | 0, 2u << 16 | 21,
					2u << 16 | 0xffff, 3u << 16 | 5, 42u << 16 | 3};
	unsigned int i, wrong = 0;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		wrong += call(none[i], ARGS(0), NULL) != UNIMPLEMENTED_;
	}
	TEST("calls that are not there", wrong == 0, "%u answered otherwise", wrong);
	expect("vendor 0 is ePAPR", call(EV_BYTE_CHANNEL_POLL, ARGS(channel), NULL), OK);
	expect("bit 31 does not matter", call(0x8000u << 16 | EV(BYTE_CHANNEL_POLL), ARGS(channel), NULL), OK);
}

static void test_channel(void)
{
	uint32_t r4 = 99, sent = 0;
	struct hcall_regs io;
	uint64_t status;

	expect("17 bytes", call(EV(BYTE_CHANNEL_SEND), ARGS(channel, 17), NULL), EINVAL_);
	status = call(EV(BYTE_CHANNEL_SEND), ARGS(channel, 0), &r4);
	TEST("no byte", status == OK && r4 == 0, "%lu, r4 %lu", (unsigned long)status, (unsigned long)r4);
	status = call(EV(BYTE_CHANNEL_RECEIVE), ARGS(channel, 0xffffffff), &r4);
	TEST("receive of -1 bytes", status == OK && r4 == 0, "%lu, r4 %lu", (unsigned long)status,
	     (unsigned long)r4);
	while ((status = call(EV(BYTE_CHANNEL_SEND), ARGS(channel, 16, 0x61626364, 0x65666768), &r4)) == OK) {
		sent += r4;
	}
	TEST("full", status == EAGAIN_ && r4 == 0 && sent == 4095, "%lu, r4 %lu after %lu bytes",
	     (unsigned long)status, (unsigned long)r4, (unsigned long)sent);
	memset(&io, 0, sizeof(io));
	io.r[1] = channel;
	status = hcall(1, EV_BYTE_CHANNEL_POLL, &io);
	TEST("no room", status == OK && io.r[1] == 0 && io.r[2] == 0, "r4 %lu r5 %lu", (unsigned long)io.r[1],
	     (unsigned long)io.r[2]);
}

static void test_interrupts(bool is_proxy)
{
	struct hcall_regs io = {.r = {[1] = bell}};
	uint32_t r4 = 99;
	uint64_t status;

	expect("destination that is not there", call(EV(INT_SET_CONFIG), ARGS(bell, 0, 0, cpu_count()), NULL),
	       EINVAL_);
	expect("a doorbell's priority is ignored", call(EV(INT_SET_CONFIG), ARGS(bell, 1, 99, 0), NULL), OK);
	status = hcall(1, EV_INT_GET_CONFIG, &io);
	TEST("and its config stays", status == OK && io.r[1] == 0 && io.r[2] == 0 && io.r[3] == 0,
	     "r4 %lu r5 %lu r6 %lu", (unsigned long)io.r[1], (unsigned long)io.r[2], (unsigned long)io.r[3]);
	expect("mask with 2", call(EV(INT_SET_MASK), ARGS(bell, 2), NULL), OK);
	status = call(EV(INT_GET_MASK), ARGS(bell), &r4);
	TEST("masked is 1", status == OK && r4 == 1, "%lu", (unsigned long)r4);
	expect("unmask", call(EV(INT_SET_MASK), ARGS(bell, 0), NULL), OK);
	call(EV(INT_GET_MASK), ARGS(bell), &r4);
	TEST("unmasked is 0", r4 == 0, "%lu", (unsigned long)r4);
	expect("end of what is not in service", call(EV(INT_EOI), ARGS(bell), NULL), OK);
	expect("IACK of controller 1", call(EV(INT_IACK), ARGS(1), NULL), EINVAL_);
	irq_mask();
	status = call(EV(INT_IACK), ARGS(0), &r4);
	if (is_proxy) {
		expect("IACK with external proxy", status, STATE_);
	} else {
		TEST("IACK of nothing", status == OK && r4 == SPURIOUS, "%lu, r4 0x%lx", (unsigned long)status,
		     (unsigned long)r4);
		expect("ring", call(EV(DOORBELL_SEND), ARGS(ring), NULL), OK);
		status = call(EV(INT_IACK), ARGS(0), &r4);
		TEST("IACK", status == OK && r4 == bell, "%lu, r4 0x%lx", (unsigned long)status,
		     (unsigned long)r4);
		call(EV(DOORBELL_SEND), ARGS(ring), NULL);
		call(EV(INT_IACK), ARGS(0), &r4);
		TEST("in service until its end", r4 == SPURIOUS, "0x%lx", (unsigned long)r4);
		expect("end", call(EV(INT_EOI), ARGS(bell), NULL), OK);
		call(EV(INT_IACK), ARGS(0), &r4);
		TEST("again", r4 == bell, "0x%lx", (unsigned long)r4);
		call(EV(INT_EOI), ARGS(bell), NULL);
	}
	irq_unmask();
}

static void test_partition(void)
{
	static uint8_t record[RECORD] __attribute__((aligned(16)));
	static uint64_t list[4] __attribute__((aligned(32)));
	static uint8_t from[64], to[64];
	uint32_t queue = fdt_node_u32(hv_node("guest-error-queue"), "hv-handle", 0), r4 = 99;
	uint32_t self = fdt_node_u32(fdt_path_offset(fdt, "/hypervisor"), "guest-id", 0);
	uint32_t record_at = (uint32_t)(uintptr_t)record, list_at = (uint32_t)(uintptr_t)list;

	expect("error record of 751 bytes", call(FH(ERR_GET_INFO), ARGS(queue, RECORD - 1, 0, record_at, 0), NULL),
	       EINVAL_);
	expect("peek of 2", call(FH(ERR_GET_INFO), ARGS(queue, RECORD, 0, record_at, 2), NULL), EINVAL_);
	expect("error record to nowhere", call(FH(ERR_GET_INFO), ARGS(queue, RECORD, 0, NOBODY, 0), NULL), EFAULT_);
	expect("no error record", call(FH(ERR_GET_INFO), ARGS(queue, RECORD, 0, record_at, 0), NULL), ENOENT_);
	expect("a global queue is not ours", call(FH(ERR_GET_INFO), ARGS(channel, RECORD, 0, record_at, 0), NULL),
	       EINVAL_);
	TEST("own state by -1", call(FH(PARTITION_GET_STATUS), ARGS(SELF), &r4) == OK && r4 == 1, "%lu",
	     (unsigned long)r4);
	TEST("own state by number", call(FH(PARTITION_GET_STATUS), ARGS(self), &r4) == OK && r4 == 1, "%lu",
	     (unsigned long)r4);
	expect("start of what runs", call(FH(PARTITION_START), ARGS(SELF, 0, 1), NULL), STATE_);
	expect("end of DMA of what runs", call(FH(PARTITION_STOP_DMA), ARGS(SELF), NULL), STATE_);
	expect("stash attributes", call(FH(DMA_ATTR_SET), ARGS(0, 2, 0, record_at), NULL), EINVAL_);
	expect("core state", call(FH(GET_CORE_STATE), ARGS(SELF, 0), NULL), EINVAL_);
	expect("nap", call(FH(ENTER_NAP), ARGS(SELF, 0), NULL), ENODEV_);
	expect("end of nap", call(FH(EXIT_NAP), ARGS(SELF, 0), NULL), ENODEV_);
	expect("NMI to nobody", call(FH(SEND_NMI), ARGS(0), NULL), OK);
	memset(from, 0x5a, sizeof(from));
	list[0] = (uintptr_t)from;
	list[1] = (uintptr_t)to;
	list[2] = sizeof(to);
	expect("copy, low word first", call(FH(PARTITION_MEMCPY), ARGS(SELF, SELF, list_at, 0, 1), NULL), OK);
	TEST("copied", memcmp(from, to, sizeof(to)) == 0, "not");
	expect("copy, high word first", call(FH(PARTITION_MEMCPY), ARGS(SELF, SELF, 0x100, list_at, 1), NULL),
	       EFAULT_);
	expect("copy of no entry", call(FH(PARTITION_MEMCPY), ARGS(SELF, SELF, NOBODY, 0, 0), NULL), OK);
	list[1] = NOBODY;
	expect("copy to nowhere", call(FH(PARTITION_MEMCPY), ARGS(SELF, SELF, list_at, 0, 1), NULL), EFAULT_);
}

/* Path, name and value, each high word first; the value has 4 bytes. */
static void test_property(void)
{
	static char path[] = "/hypervisor", name[] = "guest-id", none[] = "no-such";
	static uint32_t value[2];
	uint32_t p = (uint32_t)(uintptr_t)path, n = (uint32_t)(uintptr_t)name, v = (uint32_t)(uintptr_t)value;
	uint32_t r4 = 99, m = (uint32_t)(uintptr_t)none;
	uint64_t status;

	value[1] = 0xa5a5a5a5;
	status = call(FH(PARTITION_GET_DTPROP), ARGS(SELF, 0, p, 0, n, 0, v, 8), &r4);
	TEST("property", status == OK && r4 == 4 && value[1] == 0xa5a5a5a5, "%lu, r4 %lu, behind it 0x%lx",
	     (unsigned long)status, (unsigned long)r4, (unsigned long)value[1]);
	status = call(FH(PARTITION_GET_DTPROP), ARGS(SELF, 0, p, 0, n, 0, v, 3), &r4);
	TEST("too little room", status == OVERFLOW_ && r4 == 4, "%lu, r4 %lu", (unsigned long)status,
	     (unsigned long)r4);
	expect("no such property", call(FH(PARTITION_GET_DTPROP), ARGS(SELF, 0, p, 0, m, 0, v, 8), NULL), ENOENT_);
	expect("no such node", call(FH(PARTITION_GET_DTPROP), ARGS(SELF, 0, m, 0, n, 0, v, 8), NULL), ENOENT_);
	expect("path nowhere", call(FH(PARTITION_GET_DTPROP), ARGS(SELF, 0, NOBODY, 0, n, 0, v, 8), NULL), EFAULT_);
	expect("value nowhere", call(FH(PARTITION_GET_DTPROP), ARGS(SELF, 0, p, 0, n, 0, NOBODY, 8), NULL), EFAULT_);
	expect("value above 4 GiB", call(FH(PARTITION_GET_DTPROP), ARGS(SELF, 0, p, 0, n, 1, v, 8), NULL), EFAULT_);
	expect("a value too long", call(FH(PARTITION_SET_DTPROP), ARGS(SELF, 0, p, 0, n, 0, v, 32769), NULL),
	       EINVAL_);
	expect("set from nowhere", call(FH(PARTITION_SET_DTPROP), ARGS(SELF, 0, p, 0, n, 0, NOBODY, 4), NULL),
	       EFAULT_);
}

/* The tree's instructions make the call; everything but r3 and the results is as it was. */
static void test_registers(void)
{
	static const uint32_t token = EV(BYTE_CHANNEL_POLL);
	int node = fdt_path_offset(fdt, "/hypervisor");
	uint32_t in[32], out[32], handle = channel, bad = 0;
	unsigned int i;

	TEST("hcall-instructions", fdt_node_u32(node, "hcall-instructions", 0) == 0x44000022, "0x%lx",
	     (unsigned long)fdt_node_u32(node, "hcall-instructions", 0));
	memset(in, 0, sizeof(in));
	for (i = 6; i < 11; i++) {
		in[i] = 0x20000000 + i; /* fit for XER and CR */
	}
	__asm__ volatile("mr 3,%2; mr 11,%3; lwz 6,24(%0); lwz 7,28(%0); lwz 8,32(%0); lwz 9,36(%0); lwz 10,40(%0);"
			 "mtxer 7; mtcr 8; mtctr 9; .long 0x44000022;"
			 "stw 6,24(%1); stw 7,28(%1); stw 8,32(%1); stw 9,36(%1); stw 10,40(%1); stw 11,44(%1);"
			 "mfxer 6; mfcr 7; mfctr 8; stw 6,48(%1); stw 7,52(%1); stw 8,56(%1)"
			 : : "b"(in), "b"(out), "r"(handle), "r"(token)
			 : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "cr0", "cr1", "cr2", "cr3", "cr4",
			   "cr5", "cr6", "cr7", "ctr", "xer", "memory");
	for (i = 6; i < 11; i++) {
		bad += out[i] != in[i];
	}
	bad += out[11] != token || out[12] != in[7] || out[13] != in[8] || out[14] != in[9];
	TEST("registers stay", bad == 0, "%lu changed", (unsigned long)bad);
}

int main(void)
{
	channel = fdt_node_u32(hv_node("peer"), "hv-handle", 0);
	ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);
	bell = fdt_node_irq(hv_node("bell"), 0);
	test_tokens();
	test_handles();
	test_registers();
	test_channel();
	test_interrupts(arg_u64("proxy", 1));
	test_partition();
	test_property();
	if (arg_u64("reset", 0)) {
		printf("calls: resetting\n");
		call(FH(SYSTEM_RESET), ARGS(0), NULL);
		test_fail("system reset", "it returned");
	} else {
		expect("system reset without the privilege", call(FH(SYSTEM_RESET), ARGS(0), NULL), EPERM_);
	}
	test_done();
	return 0;
}
