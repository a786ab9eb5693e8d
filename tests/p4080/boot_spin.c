/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ePAPR spin table: 32-byte entries 64 bytes apart, one a core, in reserved memory.
 */
#include "boot.h"

#include <stdlib.h>

#include "mpic.h"

#define SPIN_STRIDE 64
#define SPIN_ENTRY 0 /* 64-bit entry address; 1 = not released */
#define SPIN_R3 8
#define SPIN_PIR 20

struct spin_table {
	struct machine *machine;
	uint64_t pa;
};

static void spin_release(struct core *c, const uint8_t *e)
{
	uint64_t entry = be64_get(e + SPIN_ENTRY);
	uint64_t base = entry & ~((UINT64_C(64) << 20) - 1);

	core_firmware_map(c, 0, (uint32_t)base, base, UINT64_C(64) << 20);
	c->gpr[3] = be32_get(e + SPIN_R3 + 4);
	c->gpr[6] = 0;
	c->gpr[7] = 64u << 20;
	c->spr[SPR_PIR] = be32_get(e + SPIN_PIR);
	core_start(c, (uint32_t)entry);
}

/* A core out of reset waits for its release again, as U-Boot's boot page makes it. */
static void spin_restart(void *arg, struct core *c)
{
	struct spin_table *t = arg;
	uint8_t one[8] = {[7] = 1};

	(void)bus_poke(&t->machine->bus, t->pa + SPIN_STRIDE * c->index + SPIN_ENTRY, one, sizeof(one));
}

static void spin_poll(void *arg)
{
	struct spin_table *t = arg;
	struct machine *m = t->machine;

	const struct mpic *mpic = m->mpic;

	for (unsigned n = 0; n < m->cfg.cores; n++) {
		const uint8_t *e = m->bus.ram.mem + t->pa + SPIN_STRIDE * n;

		if (m->core[n]->idle == CORE_HELD && !(mpic->reset >> n & 1) &&
		    !(be32_get(e + SPIN_ENTRY + 4) & 1))
			spin_release(m->core[n], e);
	}
}

bool spin_init(struct machine *m, uint64_t pa)
{
	struct spin_table *t = calloc(1, sizeof(*t));

	if (!t)
		return false;
	t->machine = m;
	t->pa = pa;
	for (unsigned n = 0; n < MACHINE_CORES; n++) {
		uint8_t e[32] = {0};

		be64_put(e + SPIN_ENTRY, 1);
		be32_put(e + SPIN_PIR, n);
		if (!bus_poke(&m->bus, pa + SPIN_STRIDE * n, e, sizeof(e)))
			return false;
	}
	m->poll = spin_poll;
	m->poll_arg = t;
	m->firmware = spin_restart;
	m->firmware_arg = t;
	return true;
}
