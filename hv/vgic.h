/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual GIC of a partition: state shared by its parts. The contract itself is in hv/arch.h. */
/*
 * Two ways to run it. Direct (GICv3): the physical distributor holds all state, this code filters
 * what the guest reads and writes. Virtual: physical lines are taken by the hypervisor and passed
 * on in list registers; what does not fit waits in .pend.
 *
 * A register access that must see interrupt state pulls ("folds") the list registers of the vCPUs
 * concerned back into words, works on the words, and lets them refill. While a vCPU is folded its
 * .pend and .act are the whole truth, and it is about to wait for, or holds, the lock.
 */
#ifndef HV_VGIC_H
#define HV_VGIC_H

#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/part.h"
#include "hv/vgic_hw.h"

enum {
	VGIC_WORDS = 32,      /* words of 32 INTIDs below 1024 */
	VGIC_LRS = 16,
	VGIC_FRAME = 1 << 17,
	VGIC_FRAME_SHIFT = 17,   /* a redistributor: RD page, then SGI page */
	VGIC_SGI_PAGE = 0x10000,
	VGIC_NO_ROW = 0xff,
	VGIC_NOWHERE = 0xff,  /* route: a CPU the guest does not have */
};

/* 32 lines. A bit is a line; everything but .line and .flight changes under the lock. */
struct vgic_lines {
	uint32_t hw;       /* physical lines of this partition */
	uint32_t soft;     /* lines that only the hypervisor raises, kept in software */
	uint32_t carrier;  /* hw: idle physical lines that only the hypervisor raises */
	uint32_t message;  /* soft: physical LPIs stand behind it */
	uint32_t level;    /* soft or carrier: a level the hypervisor drives with vic_level() */
	uint32_t enabled;  /* as the guest set it */
	uint32_t routed;   /* goes to a CPU the guest has */
	uint32_t hw_on;    /* enabled in the hardware now */
	uint32_t edge;     /* as the guest configured it */
	uint32_t line;     /* soft level lines asserted now; atomic */
	uint32_t flight;   /* soft lines that may be in some list register; atomic */
	uint8_t prio[32];  /* as the guest set it, implemented bits only */
	uint8_t route[32]; /* vCPU, or VGIC_NOWHERE; not in word 0 */
	uint8_t home[32];  /* soft: vCPU whose list registers had it last, or VGIC_NOWHERE */
	uint16_t target[32]; /* GICv3: Aff1.Aff0 as the guest wrote it; GICv2: target bits */
};

/* One vCPU's share. */
struct vgic_cpu {
	struct vgic *vgic;
	struct vcpu *vcpu;
	uint8_t index;                /* of the vCPU */
	uint8_t cpu;                  /* its physical CPU */
	/* Own CPU only. */
	uint16_t lr_live;             /* list registers put since the last fold; may have run empty */
	bool is_waiting;              /* something deliverable found no list register */
	uint16_t lr_irq[VGIC_LRS];    /* what refill put there; the quick path does not tell */
	struct vgic_lines local;      /* SGIs and PPIs */
	/* Written by its own CPU while not folded, by the lock's holder while folded. */
	uint32_t act[VGIC_WORDS];     /* active and not in a list register */
	uint32_t act_words;           /* a bit per word of act that may be non-zero */
	uint8_t sgi_act[16];          /* GICv2: source of an SGI in act */
	/* Any CPU: atomic. */
	uint32_t pend[VGIC_WORDS];    /* pending here and not in a list register */
	uint32_t pend_words;
	uint8_t sgi_from[16];         /* GICv2: vCPUs that sent a pending SGI */
	bool is_folded;
	/* Fixed. */
	uint32_t lpi_first, lpi_count; /* physical LPIs of this partition, */
	const uint16_t *lpi_irq;       /* and their lines in its GIC; 0: none of its own */
	uint64_t frame_at;            /* guest-physical: its redistributor; */
	uint64_t frame_size;          /* 0: GICv2 has none */
	bool is_quick;                /* GICv3 list registers, hypervisor in Group 0: see trap_irq_taken() */
	struct vgic_lines *word[VGIC_WORDS]; /* the local one and the shared ones; NULL: none */
	/* The lock. */
	bool is_asleep;               /* GICR_WAKER.ProcessorSleep */
	bool is_reset_due;            /* local lines still to be put into first-boot state */
};

struct vgic {
	struct part *part;
	struct lock lock;
	bool is_direct;
	bool is_on;                   /* GICD_CTLR: the guest forwards its group */
	bool is_paused;
	uint8_t version;
	uint8_t words;                /* words of lines, the local one included */
	uint8_t cpu_count;
	uint32_t typer;               /* GICD_TYPER */
	const struct vgic_map *dist_map;
	uint64_t dist_at, dist_size;  /* guest-physical */
	uint64_t redist_at, redist_size;
	struct vgic_cpu *cpus;
	struct vgic_lines *spis;      /* words 1.. */
};

/* One access to a register of the distributor or of a redistributor frame. */
struct vgic_access {
	struct vgic *g;
	struct vgic_cpu *self;        /* who asks */
	struct vgic_cpu *of;          /* whose local lines: the frame's vCPU, or self */
	unsigned int index;           /* which register of its kind: word, byte, ... */
	unsigned int size;
	uint64_t value;               /* in for a write, out for a read */
};

enum vgic_sizes {
	VGIC_8 = 1,
	VGIC_32 = 4,
	VGIC_64 = 8,
};

/*
 * Registers first..last (offsets of their first and last byte), each 1 << shift bytes, sorted by
 * offset. No read or write function: reads as zero, write ignored. What no row covers is reserved
 * and behaves the same for a 32-bit access; any other width is a bus error.
 */
struct vgic_row {
	uint32_t first;
	uint32_t last;
	uint8_t sizes;                /* enum vgic_sizes: access widths that exist */
	uint8_t shift;
	uint8_t index;                /* of the first */
	uint64_t (*read)(struct vgic_access *a);
	void (*write)(struct vgic_access *a);
	const char *name;
};

/* Rows with an index for the words of the first KiB, where the hot registers are. */
struct vgic_map {
	const struct vgic_row *rows;
	uint8_t row_count;
	uint8_t beyond;               /* first row that ends beyond the first KiB */
	uint8_t word[256];            /* row, or VGIC_NO_ROW */
};

/* vgic_table.c */
extern struct vgic_map vgic_dist3_map, vgic_dist2_map, vgic_redist_map, vgic_sgi_map;
/* Index the tables of this GIC version, before the first access. */
void vgic_maps_init(unsigned int version);
void vgic_map_init(struct vgic_map *map, const struct vgic_row *rows, unsigned int count);
/* Which row answers; NULL: reserved space. */
const struct vgic_row *vgic_map_find(const struct vgic_map *map, uint32_t offset);
/* The whole access by table. False: this width or alignment does not exist there. */
bool vgic_map_access(const struct vgic_map *map, struct vgic_access *a, uint32_t offset,
		     bool is_write);

/* What a register answered; !ok: no register of this guest's GIC, or not at this width. */
struct vgic_answer {
	uint64_t value;
	uint64_t ok;
};
/* Where a guest-physical address is in its GIC. */
struct vgic_place {
	const struct vgic_map *map;
	struct vgic_cpu *of;
	uint64_t offset;
};
/*
 * A 32-bit access straight from the trap, to a place vgic_locate() has found. When the answer is not
 * ok, the long way round finds out what becomes of the access.
 */
struct vgic_answer vgic_quick(struct vgic_cpu *self, struct vgic_cpu *of, const struct vgic_map *map,
			      uint32_t offset, bool is_write, uint64_t value);

/* vgic_dist.c */
extern const struct vgic_row vgic_dist3_rows[], vgic_dist2_rows[];
extern const unsigned int vgic_dist3_count, vgic_dist2_count;
vdev_fn vgic_dist_access;
/* Bring the hardware's enables of a word in line with what the guest and the life cycle want. */
void vgic_lines_apply(struct vgic *g, struct vgic_cpu *of, unsigned int word);

/* vgic_redist.c (GICv3) */
extern const struct vgic_row vgic_redist_rows[], vgic_sgi_rows[];
extern const unsigned int vgic_redist_count, vgic_sgi_count;
vdev_fn vgic_redist_access;

/* vgic_bank.c: registers with a bit or a few per line; the row's index is the word. */
uint64_t vgic_group_read(struct vgic_access *a);
uint64_t vgic_enable_read(struct vgic_access *a);
void vgic_enable_set(struct vgic_access *a);
void vgic_enable_clear(struct vgic_access *a);
uint64_t vgic_pend_read(struct vgic_access *a);
void vgic_pend_set(struct vgic_access *a);
void vgic_pend_clear(struct vgic_access *a);
uint64_t vgic_active_read(struct vgic_access *a);
void vgic_active_set(struct vgic_access *a);
void vgic_active_clear(struct vgic_access *a);
uint64_t vgic_prio_read(struct vgic_access *a);
void vgic_prio_write(struct vgic_access *a);
uint64_t vgic_cfg_read(struct vgic_access *a);
void vgic_cfg_write(struct vgic_access *a);

/* vgic_route.c */
uint64_t vgic_router_read(struct vgic_access *a);
void vgic_router_write(struct vgic_access *a);
uint64_t vgic_targets_read(struct vgic_access *a);
void vgic_targets_write(struct vgic_access *a);
/* Send a line to a vCPU (or VGIC_NOWHERE), in hardware too; what waits for it moves along. Locked. */
void vgic_route(struct vgic *g, uint32_t irq, uint8_t to);

/* vgic_sgi.c */
/* GICv2 distributor registers. */
void vgic_sgir_write(struct vgic_access *a);
uint64_t vgic_sgi_source_read(struct vgic_access *a);
void vgic_sgi_source_set(struct vgic_access *a);
void vgic_sgi_source_clear(struct vgic_access *a);
/* ICC_SGI1R_EL1 written by a guest: only its own vCPUs hear it. */
void vgic_sgi(struct vcpu *v, uint64_t g_value);

/* vgic_lr.c */
/* Own CPU: list registers into words and back; refill with the lock held, or before the guest runs. */
void vgic_fold(struct vgic_cpu *c);
void vgic_refill(struct vgic_cpu *c);
/* Both, around what needs the lock: words are the truth in between, and who waits for that goes on. */
void vgic_fold_begin(struct vgic_cpu *c);
void vgic_fold_end(struct vgic_cpu *c);
/*
 * The lock for what leaves pending and active state alone: never waits for it unfolded, as its holder
 * may be waiting for that.
 */
void vgic_lock(struct vgic_cpu *self);
/* Own CPU, folded and locked: forget what the guest had acknowledged (its CPU interface was off). */
void vgic_drop_active(struct vgic_cpu *c);
/* Make a line pending at a vCPU in software, and make that CPU look. Any CPU, no lock needed. */
void vgic_post(struct vgic_cpu *c, uint32_t irq);
/* Own CPU, virtual mode: an acknowledged physical line, or an SGI, for the guest on this CPU. */
void vgic_arrive(struct vgic_cpu *c, uint32_t irq);
/*
 * Own CPU: a message for a soft line has come here. It goes where the guest routed the line; while the
 * line is active somewhere, there.
 */
void vgic_message(struct vgic_cpu *c, uint32_t irq);
/* Own CPU: the maintenance interrupt. */
void vgic_maint(struct vgic_cpu *c);
/*
 * Around a register access that works on pending and active state: folds the caller, takes the
 * lock, and folds those other vCPUs that may hold one of the lines in a list register (bounded
 * wait). Direct mode: only the lock.
 */
void vgic_open(struct vgic_access *a, unsigned int word, uint32_t bits);
void vgic_close(struct vgic_access *a);

/* Guest affinity of a vCPU, as its MPIDR and its tree tell: 16 to a cluster. */
static inline uint32_t vgic_affinity(unsigned int index)
{
	return (index >> 4) << 8 | (index & 15);
}

/* False: not an address of the guest's GIC. */
static inline bool vgic_locate(struct vgic_cpu *c, uint64_t g_at, struct vgic_place *place)
{
	const struct vgic *g = c->vgic;

	*place = (struct vgic_place){ g->dist_map, c, g_at - g->dist_at };
	if (place->offset < g->dist_size) {
		return true;
	}
	place->offset = g_at - c->frame_at;
	if (place->offset >= c->frame_size) {
		place->offset = g_at - g->redist_at;
		if (place->offset >= g->redist_size) {
			return false;
		}
		place->of = &g->cpus[place->offset >> VGIC_FRAME_SHIFT];
	}
	place->map = place->offset & VGIC_SGI_PAGE ? &vgic_sgi_map : &vgic_redist_map;
	place->offset &= VGIC_SGI_PAGE - 1;
	return true;
}

/*
 * The distributor registers that guests read most, by offset: exactly what the table would answer
 * (the unit test compares them). Not ok: ask the table.
 */
static inline struct vgic_answer vgic_peek(const struct vgic_cpu *c, uint64_t offset)
{
	unsigned int word = (unsigned int)(offset >> 2) & 31;
	const struct vgic_lines *l = c->word[word];

	/* ISENABLER and ICENABLER; with affinity routing word 0 is in the redistributors. */
	if ((offset & ~UINT64_C(0xfc)) == 0x100) {
		if (!l || (word == 0 && c->vgic->version == 3)) {
			return (struct vgic_answer){ 0, true };
		}
		return (struct vgic_answer){ l->enabled, true };
	}
	/* GICD_TYPER */
	return (struct vgic_answer){ c->vgic->typer, offset == 4 };
}

/* NULL: the guest's GIC has no such word. */
static inline struct vgic_lines *vgic_word(const struct vgic_access *a, unsigned int word)
{
	return word < VGIC_WORDS ? a->of->word[word] : NULL;
}

static inline struct vgic_lines *vgic_lines(struct vgic *g, struct vgic_cpu *of, unsigned int word)
{
	return word == 0 ? &of->local : &g->spis[word - 1];
}

#endif
