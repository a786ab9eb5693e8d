/* SPDX-License-Identifier: BSD-3-Clause */
/* A physical GIC made of arrays, guest CPUs that take interrupts, and a two-partition plan. */
#ifndef TESTS_UNIT_VGIC_FAKE_H
#define TESTS_UNIT_VGIC_FAKE_H

#include "hv/vgic.h"

enum {
	FAKE_CPUS = 4,
	FAKE_LRS = 4,
	FAKE_WORDS = 8,
	/* Lines of the partition under test; the other one owns everything else. */
	LINE_TIMER = 27,
	LINE_UART = 33,
	LINE_BLK = 79,
	LINE_NET = 80,
	LINE_BELL = 100,     /* virtual, edge */
	LINE_BELL2 = 101,
	LINE_VUART = 102,    /* virtual, level */
	LINE_MSG = 104,      /* messages, fake_messages of them */
	SPI_END = 128,
	DIST_AT = 0x08000000,
	FRAME_AT = 0x08020000, /* of messages */
	REDIST_AT = 0x080a0000,
};

/* Offsets and values the tests use. */
enum {
	GROUPR = 0x80,
	ISENABLER = 0x100,
	ICENABLER = 0x180,
	ISPENDR = 0x200,
	ICPENDR = 0x280,
	ISACTIVER = 0x300,
	ICACTIVER = 0x380,
	IPRIORITYR = 0x400,
	ITARGETSR = 0x800,
	ICFGR = 0xc00,
	SGIR = 0xf00,
	CPENDSGIR = 0xf10,
	SPENDSGIR = 0xf20,
	IROUTER = 0x6000,
	SGI_PAGE = 0x10000,
	FRAME = 0x20000,
	NONE_PENDING = 1023,
	V3_ON = 2,
	V2_ON = 1,
};

static inline uint32_t bit_of(uint32_t irq)
{
	return 1u << irq % 32;
}

static inline uint32_t word_of(uint32_t irq)
{
	return irq / 32 * 4;
}

struct fake_gic {
	uint32_t bank[3][FAKE_CPUS][FAKE_WORDS]; /* shared words live under CPU 0 */
	uint32_t touched[FAKE_WORDS];            /* every bit ever written, local words of all CPUs */
	uint8_t prio[FAKE_CPUS][FAKE_WORDS * 32];
	bool edge[FAKE_WORDS * 32];
	int route[FAKE_WORDS * 32];
	struct gic_lr lr[FAKE_CPUS][FAKE_LRS];
	bool ended[FAKE_CPUS][FAKE_LRS];         /* EOI maintenance due */
	enum gic_maint maint[FAKE_CPUS];
	uint16_t sgis[FAKE_CPUS];                /* arrived physical SGIs, direct mode */
	unsigned int writes;
};

extern struct fake_gic fake;
extern struct part fake_part;
/* GICv2: deactivation through list registers is not to be used (set before fake_start()). */
extern bool fake_by_hand;
/* Somebody else has the lock whenever it is wanted, and drops it then. */
extern bool fake_is_contended;
/* A physical CPU the controller does not have: fake_start() then expects to be refused. */
extern unsigned int fake_absent;

/*
 * Messages of the partition under test, sent by functions with DeviceIDs 8 and 16; function 24 is
 * another partition's. LPIs in that order, from LPI_FIRST on. Set before fake_start().
 */
extern unsigned int fake_messages;

/* A machine with one partition of `vcpus` vCPUs on physical CPUs 1.., in its first-boot state. */
void fake_start(unsigned int version, unsigned int vcpus, bool direct);
/* The same in virtual mode with the distributor on and, on GICv2, all lines sent to vCPU 0. */
void fake_start_on(unsigned int version, unsigned int vcpus);
/* Which vCPU's CPU runs from now on. */
void fake_run_on(unsigned int vcpu);
struct vgic *fake_vgic(void);
/* Lines of the partition, by word. */
uint32_t fake_own(unsigned int word);

/* One access by the vCPU that runs; region 0: distributor, 1: redistributors, 2: messages. False: bus error. */
bool fake_access(unsigned int region, uint64_t offset, unsigned int size, bool is_write, uint64_t *value);
uint32_t fake_rd(uint64_t offset);
void fake_wr(uint64_t offset, uint32_t x);
uint32_t fake_redist_rd(uint64_t offset);
void fake_redist_wr(uint64_t offset, uint32_t x);

void fake_enable(uint32_t irq);

/* A device asserts a physical line; it is taken when enabled, routed and not active. */
void fake_fire(uint32_t irq);
/* Posted events and maintenance until nothing more happens. */
void fake_settle(void);
/* The guest on vCPU: acknowledge the most urgent pending interrupt; 1023: none. */
uint32_t fake_ack(unsigned int vcpu);
void fake_eoi(unsigned int vcpu, uint32_t irq);
/* No INTID is in two list registers, none is foreign, and no line outside was ever written. */
void fake_check(void);

#endif
