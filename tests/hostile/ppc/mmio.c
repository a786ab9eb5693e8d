/* SPDX-License-Identifier: BSD-3-Clause */
/* Device registers: those we own with every width and pattern, all others must not be there. */
/* boot CPU; EA windows of 1 MiB are moved over the 36-bit guest-physical space */
#include "hostile.h"

enum { MIB_TSIZE = 10 };

static const uint32_t patterns[] = {0, 0xffffffff, 0x80000000, 1, 0x55555555, 0xaaaaaaaa, 0x0000ffff};

/* lbz, lhz, lwz, lhbrx.., by width; r4 from 0(r6). */
static uint32_t load_of(unsigned int size)
{
	static const uint32_t op[] = {34, 40, 0, 32};

	return op[size - 1] << 26 | 4u << 21 | 6u << 16;
}

static uint32_t store_of(unsigned int size)
{
	static const uint32_t op[] = {38, 44, 0, 36};

	return op[size - 1] << 26 | 4u << 21 | 6u << 16;
}

/* Instructions an emulated device cannot take: byte-reversed, multiple, string, reservation, dcbz. */
static const uint32_t odd_forms[] = {
    INSN_X(534, 4, 0, 6), INSN_X(662, 4, 0, 6), INSN_X(20, 4, 0, 6),  INSN_X(1014, 0, 0, 6),
    INSN_X(597, 4, 6, 8), INSN_X(725, 4, 6, 8), 46u << 26 | 28u << 21 | 6u << 16,
    47u << 26 | 28u << 21 | 6u << 16, INSN_X(150, 4, 0, 6) | 1, INSN_X(54, 0, 0, 6),
};

static void access(struct exec *e, uint32_t insn, uint32_t value, uint32_t ea)
{
	exec_regs(e, insn, false, value, 0, ea);
}

/* Guest-physical address of a virtual device of ours, and its bytes; 0: not in this partition. */
static uint64_t device_at(const char *compatible, uint64_t *size)
{
	int node = fdt_node_compatible_n(compatible, 0), len;
	const fdt32_t *reg = node < 0 ? NULL : fdt_getprop(fdt, node, "reg", &len);

	if (!reg || len < 16) {
		return 0;
	}
	*size = fdt32_to_cpu(reg[3]);
	return (uint64_t)fdt32_to_cpu(reg[0]) << 32 | fdt32_to_cpu(reg[1]);
}

static void sweep(const char *name, uint64_t at, uint64_t size, uint32_t seed)
{
	uint32_t off, done = 0, other = 0;
	unsigned int width, i;
	struct rng r = {seed};
	struct exec e;

	tlb1_map(SLOT_WINDOW, WINDOW, at & ~UINT64_C(0xfffff), MIB_TSIZE, PERM_SUPER);
	for (off = 0; off < size; off += rng_below(&r, 8) ? 16 : 1 + rng_below(&r, 7)) {
		uint32_t ea = WINDOW + (uint32_t)(at & 0xfffff) + off;

		progress(name, seed, off);
		for (width = 1; width <= 4; width *= 2) {
			access(&e, load_of(width), 0, ea);
			done += e.vector == EXEC_DONE;
			other += e.vector != EXEC_DONE && e.vector != 1 && e.vector != 5;
			access(&e, store_of(width), patterns[rng_below(&r, 7)], ea);
			other += e.vector != EXEC_DONE && e.vector != 1 && e.vector != 5;
		}
		if (rng_below(&r, 16) == 0) {
			for (i = 0; i < sizeof(odd_forms) / sizeof(odd_forms[0]); i++) {
				access(&e, odd_forms[i], 0, ea);
			}
		}
	}
	tlb1_clear(SLOT_WINDOW);
	printf("%s: %lu accesses answered\n", name, (unsigned long)done);
	TEST(name, done > 0 && other == 0, "%lu answered, %lu ended in a strange interrupt",
	     (unsigned long)done, (unsigned long)other);
}

void mmio_run(const char *arg, uint64_t steps, uint64_t seed)
{
	uint64_t size = 0, at = device_at("fsl,mpic", &size);
	unsigned int n = 0;

	(void)arg;
	(void)steps;
	irq_mask();
	if (at) {
		sweep("mpic", at, size, seed);
		n++;
	}
	at = device_at("ns16550", &size);
	if (at) {
		sweep("uart", at, 4096, seed);
		n++;
	}
	irq_unmask();
	if (n == 0) {
		test_skip("mmio", "this partition has no virtual device");
	}
}

/* CCSR with MPIC, UARTs, GUTS, GPIO, PCI; the spin table; RAM of others; where nothing is. */
static void stray_windows(struct rng *r)
{
	static const uint64_t places[] = {
	    UINT64_C(0xfe0000000), UINT64_C(0xfe1000000), UINT64_C(0xfef000000), UINT64_C(0xc00000000),
	    UINT64_C(0xf00000000), UINT64_C(0x001000000), UINT64_C(0x010000000), UINT64_C(0x018000000),
	    UINT64_C(0x01f000000), UINT64_C(0x020000000), UINT64_C(0x0f0000000), UINT64_C(0x100000000),
	    UINT64_C(0xfff000000),
	};
	uint32_t reached = 0, wrong = 0, off;
	unsigned int i;
	struct exec e;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		tlb1_map(SLOT_WINDOW, WINDOW, places[i], MIB_TSIZE, PERM_SUPER);
		for (off = 0; off < 0x100000; off += 0x1000) {
			uint32_t ea = WINDOW + off + rng_below(r, 1024) * 4;

			access(&e, load_of(4), 0, ea);
			reached += e.vector == EXEC_DONE;
			wrong += e.vector != 1 || e.mcsr == 0;
			access(&e, store_of(4), 0x80000002, ea);
			reached += e.vector == EXEC_DONE;
			if (reached == 1) {
				printf("reached 0x%llx\n", (unsigned long long)places[i] + off);
			}
		}
		/* The registers that reset or switch off the machine. */
		access(&e, store_of(4), 2, WINDOW + 0xe00b0);
		access(&e, store_of(4), 0x80000000, WINDOW + 0xff008);
	}
	tlb1_clear(SLOT_WINDOW);
	TEST("nothing reached", reached == 0, "%lu accesses", (unsigned long)reached);
	TEST("machine checks", wrong == 0, "%lu others", (unsigned long)wrong);
}

void stray_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint32_t step, reached = 0;
	struct exec e;

	(void)arg;
	stray_windows(&r);
	for (step = 0; step < steps; step++) {
		uint64_t at = (uint64_t)(rng_word(&r) & 15) << 32 | (rng_word(&r) & 0xfffff000);

		progress("stray", seed, step);
		if (at < ram_size || (at >> 20) == 0xfe0) {
			continue;
		}
		tlb1_map(SLOT_WINDOW, WINDOW, at, 2, PERM_SUPER);
		access(&e, rng_below(&r, 2) ? load_of(4) : store_of(4), rng_word(&r), WINDOW + rng_below(&r, 4096));
		reached += e.vector == EXEC_DONE;
		/* And as code: a jump there by bctr. */
		memset(&e, 0, sizeof(e));
		e.ctr = WINDOW;
		exec_insn(&e, 19u << 26 | 20u << 21 | 528u << 1, false);
		reached += e.vector == EXEC_DONE;
	}
	tlb1_clear(SLOT_WINDOW);
	TEST("random strays", reached == 0, "%lu", (unsigned long)reached);
}
