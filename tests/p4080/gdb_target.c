/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers, memory and monitor commands of the gdb stub.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gdb_remote.h"
#include "mmu.h"
#include "spr_table.h"

#define GDB_REGS 71

const char *gdb_target_xml(void)
{
	static char xml[8192];
	size_t n = 0;

	if (xml[0])
		return xml;
#define ADD(...) n += (size_t)snprintf(xml + n, sizeof(xml) - n, __VA_ARGS__)
	ADD("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
	    "<architecture>powerpc:common</architecture>"
	    "<feature name=\"org.gnu.gdb.power.core\">");
	for (unsigned r = 0; r < 32; r++)
		ADD("<reg name=\"r%u\" bitsize=\"32\" type=\"uint32\" regnum=\"%u\"/>", r, r);
	ADD("<reg name=\"pc\" bitsize=\"32\" type=\"code_ptr\" regnum=\"64\"/>");
	for (unsigned r = 65; r < 70; r++)
		ADD("<reg name=\"%s\" bitsize=\"32\" type=\"uint32\" regnum=\"%u\"/>",
		    (const char *[]){"msr", "cr", "lr", "ctr", "xer"}[r - 65], r);
	ADD("</feature><feature name=\"org.gnu.gdb.power.fpu\">");
	for (unsigned r = 0; r < 32; r++)
		ADD("<reg name=\"f%u\" bitsize=\"64\" type=\"ieee_double\" regnum=\"%u\"/>", r,
		    r + 32);
	ADD("<reg name=\"fpscr\" bitsize=\"32\" group=\"float\" regnum=\"70\"/></feature></target>");
#undef ADD
	return xml;
}

static uint64_t gdb_register_value(const struct core *c, unsigned n)
{
	if (n < 32)
		return c->gpr[n];
	if (n < 64)
		return c->fpr[n - 32];
	switch (n) {
	case 64:
		return c->pc;
	case 65:
		return c->msr;
	case 66:
		return core_cr_get(c);
	case 67:
		return c->lr;
	case 68:
		return c->ctr;
	case 69:
		return core_xer_get(c);
	default:
		return c->fpscr;
	}
}

bool gdb_register(const struct core *c, unsigned n, char *out)
{
	if (n >= GDB_REGS)
		return false;
	sprintf(out, n >= 32 && n < 64 ? "%016" PRIx64 : "%08" PRIx64, gdb_register_value(c, n));
	return true;
}

bool gdb_register_set(struct core *c, unsigned n, uint64_t v)
{
	if (n >= GDB_REGS)
		return false;
	if (n < 32)
		c->gpr[n] = (uint32_t)v;
	else if (n < 64)
		c->fpr[n - 32] = v;
	else if (n == 64)
		c->pc = (uint32_t)v;
	else if (n == 65)
		c->msr = (uint32_t)v & MSR_MASK;
	else if (n == 66)
		core_cr_set(c, (uint32_t)v);
	else if (n == 67)
		c->lr = (uint32_t)v;
	else if (n == 68)
		c->ctr = (uint32_t)v;
	else if (n == 69)
		core_xer_set(c, (uint32_t)v);
	else
		c->fpscr = (uint32_t)v;
	core_context_changed(c);
	return true;
}

void gdb_registers(const struct core *c, char *out)
{
	for (unsigned n = 0; n < GDB_REGS; n++) {
		gdb_register(c, n, out);
		out += strlen(out);
	}
}

void gdb_registers_set(struct core *c, const char *hex)
{
	for (unsigned n = 0; n < GDB_REGS && *hex; n++) {
		char one[17] = "";
		size_t len = n >= 32 && n < 64 ? 16 : 8;

		memcpy(one, hex, strnlen(hex, len));
		gdb_register_set(c, n, strtoull(one, NULL, 16));
		hex += strnlen(hex, len);
	}
}

static bool gdb_translate(struct core *c, enum gdb_space space, uint32_t addr, uint64_t *pa)
{
	struct mmu_space sp = mmu_space_data(c);

	*pa = addr;
	if (space == GDB_PHYSICAL)
		return true;
	if (space != GDB_CURRENT)
		sp.gs = space == GDB_GUEST;
	if (core_translate(c, &sp, addr, pa))
		return true;
	sp.as = !sp.as;
	return core_translate(c, &sp, addr, pa);
}

bool gdb_memory(struct core *c, uint32_t addr, void *buf, size_t len, bool write)
{
	uint8_t *p = buf;

	for (size_t n = 0; n < len; n++) {
		uint64_t pa;
		bool ok = gdb_translate(c, gdb.space, addr + (uint32_t)n, &pa) &&
			  (write ? bus_poke(&gdb.machine->bus, pa, p + n, 1)
				 : bus_peek(&gdb.machine->bus, pa, p + n, 1));

		if (!ok)
			return false;
	}
	return true;
}

bool gdb_at_break(struct core *c)
{
	for (unsigned n = 0; n < gdb.brk_count; n++) {
		const struct gdb_break *b = &gdb.brk[n];
		bool gs = c->msr & MSR_GS;
		struct mmu_space sp = mmu_space_fetch(c);
		uint64_t pa;

		switch (b->space) {
		case GDB_CURRENT:
			if (c->pc == b->addr)
				return true;
			break;
		case GDB_GUEST:
			if (c->pc == b->addr && gs && c->spr[SPR_LPIDR] == b->lpid)
				return true;
			break;
		case GDB_HYPERVISOR:
			if (c->pc == b->addr && !gs)
				return true;
			break;
		case GDB_PHYSICAL:
			if (!((c->pc ^ b->addr) & 0xfff) && core_translate(c, &sp, c->pc, &pa) &&
			    pa == b->addr)
				return true;
			break;
		}
	}
	return false;
}

static size_t gdb_monitor_tlb(const struct core *c, char *out, size_t size)
{
	size_t n = 0;

	for (unsigned i = 0; i < TLB1_ENTRIES + TLB0_SETS * TLB0_WAYS; i++) {
		const struct tlb_entry *e = i < TLB1_ENTRIES ? &c->tlb1[i] : &c->tlb0[0][i - TLB1_ENTRIES];

		if (!e->valid || n > size - 128)
			continue;
		n += (size_t)snprintf(out + n, size - n,
				      "tlb%d[%u] %08x %09" PRIx64 " size 2^%u perm %02x pid %u as %d"
				      " gs %d lpid %u%s%s\n",
				      i < TLB1_ENTRIES, i < TLB1_ENTRIES ? i : i - TLB1_ENTRIES, e->epn,
				      e->rpn, e->tsize + 10, e->perm & 0x3f, e->tid, e->ts, e->tgs,
				      e->lpid, e->vf ? " vf" : "", e->iprot ? " iprot" : "");
	}
	return n;
}

void gdb_monitor(const char *cmd, char *out, size_t size)
{
	static const char *const spaces[] = {"current", "guest", "hypervisor", "physical"};
	struct core *c = gdb.selected;
	unsigned n;

	if (!strncmp(cmd, "space ", 6)) {
		for (n = 0; n < ARRAY_COUNT(spaces); n++) {
			if (!strcmp(cmd + 6, spaces[n])) {
				gdb.space = (enum gdb_space)n;
				snprintf(out, size, "addresses are %s\n", spaces[n]);
				return;
			}
		}
		snprintf(out, size, "space current|guest|hypervisor|physical\n");
	} else if (sscanf(cmd, "spr %u", &n) == 1 && n < SPR_COUNT) {
		snprintf(out, size, "%s %08x\n", spr_find(n) ? spr_find(n)->name : "?", c->spr[n]);
	} else if (!strcmp(cmd, "tlb")) {
		if (!gdb_monitor_tlb(c, out, size))
			snprintf(out, size, "empty\n");
	} else if (!strcmp(cmd, "insns")) {
		snprintf(out, size, "%" PRIu64 " instructions, cycle %" PRIu64 "\n",
			 machine_insns(gdb.machine), machine_cycle(gdb.machine));
	} else {
		snprintf(out, size, "space S, spr N, tlb, insns\n");
	}
}
