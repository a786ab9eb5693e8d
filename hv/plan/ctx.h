/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the planner share while one plan is made. */
/* pure; private to hv/plan */
#ifndef HV_PLAN_CTX_H
#define HV_PLAN_CTX_H

#include "hv/plan/check.h"
#include "hv/plan/text.h"
#include "hv/plan/tree.h"

struct lnode;

/* ppc: of the MSI register in a bank whose tree has only one reg entry. */
#define MSIIR_OFFSET 0x140u

/* What the compatible strings of a layout node say it is: a set of these bits. */
enum cfg_kind {
	KIND_HV_CONFIG = 1,
	KIND_HV_MEMORY = 2,
	KIND_AREA = 4,
	KIND_GUEST_AREA = 8,
	KIND_PARTITION = 16,
	KIND_CHANNEL = 32,
	KIND_VUART = 64,
	KIND_MUX = 128,
	KIND_DOORBELL = 256,
	KIND_FAST_DOORBELL = 512,
	KIND_SEND = 1024,
	KIND_RECEIVE = 2048,
	KIND_MANAGED = 4096,
	KIND_ERROR_MANAGER = 8192,
	KIND_STUB = 16384,
	KIND_DMA_WINDOW = 32768,
	KIND_ERROR_CONFIG = 65536,
};

enum claim {
	CLAIM_NO,
	CLAIM_ACTIVE,
	CLAIM_STANDBY,
};

/* A device node of the layout: who gets which node of the hardware tree. */
struct grant {
	uint16_t cfg;	 /* node in the layout */
	uint16_t hw;	 /* node in the hardware tree */
	uint16_t dev;	 /* index of the device */
	uint16_t owner;	 /* partition or OWNER_HV */
	uint8_t claim;	 /* enum claim */
	bool is_refused; /* a finding says why; the owner does not get it */
	const char *path;
};

/* A BAR that the layout wants for a PCI function. */
struct bar_want {
	uint8_t number;
	bool is_io;
	bool is_wide;  /* the hardware tree says that it has 64 bits */
	bool is_narrow; /* or that it has 32 */
	uint64_t size;
};

#define BARS_MAX 6u

/* A device node of the layout that names a PCI function. */
struct function {
	uint16_t cfg;	 /* node in the layout */
	uint16_t hw;	 /* the function's own node in the hardware tree, or NONE */
	uint16_t part;
	uint16_t host;	 /* index of the bridge, NONE: unusable */
	uint16_t rid;
	uint16_t fn;	 /* index in plan.pci_fns, NONE: refused */
	uint16_t vectors;
	uint8_t pin;
	uint8_t bar_count;
	bool is_refused; /* a finding says why; the owner does not get it */
	struct bar_want bars[BARS_MAX]; /* by number */
	const char *path;
};

/* A guest-phys-mem-area. */
struct gma {
	uint16_t cfg;
	uint16_t part;
	uint16_t pma; /* NONE: unusable, a finding says why */
	bool is_dma_only;
	uint64_t gpa;
};

/* A receive-doorbell or send-doorbell. */
struct ring {
	uint16_t cfg;
	uint16_t part;
	uint16_t bell;	 /* index of the doorbell */
	uint16_t virq;	 /* receivers: index into the partition's virqs */
	uint16_t handle; /* senders; ppc receivers too */
	bool is_send;
};

/* A managed-partition node. */
struct managing {
	uint16_t cfg;
	uint16_t part; /* the manager */
	uint16_t target;
};

/* A node of the layout that is one end of a byte channel. */
struct end_node {
	uint16_t cfg;
	uint16_t part;	     /* NONE: the hypervisor's own */
	uint16_t chan, end;  /* once linked; chan NONE before */
	uint8_t vuart;	     /* enum plan_vuart */
	uint16_t vcpu;	     /* debug stub: whom it debugs */
	uint64_t guest_addr; /* virtual UART */
};

struct ctx {
	const struct plan_input *in;
	struct arena *arena;
	struct plan *plan;
	struct tree hw, cfg, fit;
	size_t fit_size;
	bool has_fit;
	uint16_t hv_config;	     /* node in the layout */
	uint16_t cpu_node[MAX_CPUS]; /* CPU -> hardware node */
	uint16_t ecam_first, ecam_count; /* devices that are PCI bridges with an ECAM */
	uint16_t its;			 /* the first device that is an ITS, or NONE */
	uint16_t *dev_of;	     /* hardware node -> device index or NONE */
	uint16_t *node_of;	     /* device index -> hardware node */
	uint32_t *kind;		     /* layout node -> set of enum cfg_kind */
	uint16_t *part_of;	     /* layout node -> partition whose subtree it is in, or NONE */
	uint16_t *pma_of;	     /* layout node -> phys-mem-area index or NONE */
	uint8_t *is_used;	     /* layout node: known to the binding */
	bool *pma_no_law;	     /* by pma: device space */
	bool *pma_bad;		     /* by pma: not usable at all */
	struct gma *gmas;
	uint16_t gma_count;
	struct grant *grants;
	uint16_t grant_count;
	struct function *functions; /* in the order of plan.pci_fns once pcifn_scan is done */
	uint16_t function_count;
	struct end_node *ends;
	uint16_t end_count;
	struct ring *rings;
	uint16_t ring_count;
	struct managing *managings;
	uint16_t managing_count;
	uint16_t errman[MAX_PARTS]; /* error-manager node of a partition, or NONE */
	uint16_t *mux_node;	    /* mux index -> layout node */
	uint16_t *window_node;	    /* window index -> layout node */
	uint16_t *bell_node;	    /* doorbell index -> layout node */
	struct range *resv;	    /* reserved memory of the board */
	uint16_t resv_count;
	uint32_t *irq_used; /* bit per interrupt number that a device of the board names */
	uint32_t irq_words;
	unsigned irq_cells_of; /* whose #interrupt-cells was asked for last, or NONE */
	uint32_t irq_cells;
	uint32_t *spi_taken; /* bit per interrupt number carried for some partition */
};

/* ---------------------------------------------------------------- findings (check.c) */

/* Report. node: of the layout, or NONE; other: a path as in struct diag or NULL. */
void diag_add(struct ctx *c, enum plan_check_id check, unsigned part, unsigned node,
	      const char *prop, const char *other, const char *fmt, ...) printf_like(7, 8);

/* The same about a node of the hardware tree. */
void diag_hw(struct ctx *c, enum plan_check_id check, unsigned part, unsigned hw_node,
	     const char *prop, const char *fmt, ...) printf_like(6, 7);

/* About a path that is at hand. */
void diag_path(struct ctx *c, enum plan_check_id check, unsigned part, const char *path,
	       const char *prop, const char *other, const char *fmt, ...) printf_like(7, 8);

/* Paths for the `other` of a finding. */
const char *ctx_path(struct ctx *c, unsigned node);
const char *ctx_hw_path(struct ctx *c, unsigned node);
const char *ctx_part_name(const struct ctx *c, unsigned owner);

/* ---------------------------------------------------------------- properties of the layout (cfg.c)
 */

/* A property of exactly `cells` cells. NULL when absent; a wrong length is a finding `check`. */
const struct tree_prop *cfg_cells(struct ctx *c, unsigned node, const char *name, unsigned cells,
				  enum plan_check_id check, unsigned part);
/* A flag. */
static inline bool cfg_flag(const struct ctx *c, unsigned node, const char *name)
{
	return tree_has(&c->cfg, node, name);
}

static inline bool cfg_is(const struct ctx *c, unsigned node, uint32_t kinds)
{
	return (c->kind[node] & kinds) != 0;
}

/* The compatible of the binding that is at most two letters away, or NULL. */
const char *cfg_closest_kind(const char *compatible);

/* How many nodes of the layout are of some kind. */
unsigned cfg_count(const struct ctx *c, uint32_t kinds);
/* The node a one-cell phandle property names, or NONE with a finding `check`, which
 * says what would be right. */
unsigned cfg_ref(struct ctx *c, unsigned node, const char *name, enum plan_check_id check,
		 const char *right, unsigned part);

/* Node of the hardware tree that a `device` property names, or NONE with a finding (cfgdev.c). */
unsigned cfgdev_resolve(struct ctx *c, unsigned part, unsigned node);

/* The grant that gives a partition a hardware node, directly or with an ancestor; NULL: none
 * (cfgdev.c). */
const struct grant *grant_above(const struct ctx *c, unsigned hw, unsigned part);

/* A layout node of a partition that names a PCI function is noted (cfgpci.c); false: it does not. */
bool cfgpci_take(struct ctx *c, unsigned part, unsigned node, unsigned hw);
/* The function that a layout node names, or NULL. */
const struct function *cfgpci_of(const struct ctx *c, unsigned node);
/* Layout node of the function of a partition that has this line, or NONE (pcifn.c). */
unsigned pcifn_irq_node(const struct ctx *c, unsigned part, unsigned irq);

/* "00:04.0": bus, device and function of a requester id. */
const char *pcifn_name(struct ctx *c, uint16_t rid);

/* True when a hardware node is, or is below, a host bridge with ECAM (hwpci.c). */
bool hwpci_under(const struct ctx *c, unsigned node);
static inline bool hwpci_below(const struct ctx *c, unsigned node)
{
	unsigned parent = c->hw.nodes[node].parent;

	return parent != TREE_ROOT && c->ecam_count && hwpci_under(c, parent);
}
/* True when a host range meets a window of a bridge: which one, and the bridge's device. */
bool hwpci_hits(const struct plan *p, struct range r, struct range *window, uint16_t *dev);
/* Stream of a requester id: false when no IOMMU is in front of it. */
bool hwpci_stream(const struct ctx *c, unsigned host, uint16_t rid, struct plan_stream *out);
/* DeviceID of a requester id at the board's ITS: false when its messages do not go there. */
bool hwpci_message(const struct ctx *c, unsigned host, uint16_t rid, uint32_t *device);
/* Number of the line behind a pin (1..4) of a function, or PLAN_IRQ_NONE (hwirq.c). */
uint32_t hwirq_pci(const struct ctx *c, unsigned host_node, uint16_t rid, uint8_t pin);

/* Places for the BARs of all functions inside their bridges' windows (bars.c). */
must_check enum err bars_place(struct ctx *c);

/* True when the node-update of a layout node removes a property of its target (update.c). */
bool update_deletes(const struct ctx *c, unsigned node, const char *prop);

/* The partition's memory entry that covers all of a guest-physical range, or NULL (guestmem.c). */
const struct plan_mem *guestmem_ram(const struct plan_part *part, struct range r);

/* Handle number of the skip-th object of a kind with an index, or NONE (virq.c). */
unsigned handle_find(const struct plan_part *part, uint8_t kind, unsigned index, unsigned skip);

/* Interrupt controller that holds for a node of the hardware tree, or NONE (hwirq.c). */
unsigned hwirq_parent(const struct tree *t, unsigned node);

/* ---------------------------------------------------------------- the steps, in order */

must_check enum err hw_scan(struct ctx *c);	/* hw.c: CPUs, memory, board */
must_check enum err hwdev_scan(struct ctx *c);	/* hwdev.c: devices with registers */
must_check enum err hwpci_scan(struct ctx *c);	/* hwpci.c: host bridges, ITS */
must_check enum err hwirq_scan(struct ctx *c);	/* hwirq.c: interrupts */
must_check enum err hwdma_scan(struct ctx *c);	/* hwdma.c: streams, DMA masters */
must_check enum err cfg_scan(struct ctx *c);	/* cfg.c: hv-config, partitions found */
must_check enum err cfgmem_scan(struct ctx *c); /* cfgmem.c: areas and who names them */
void cfgmem_check(struct ctx *c); /* memcheck.c: areas against the board and each other */
must_check enum err cfgdev_scan(struct ctx *c);	   /* cfgdev.c: who gets which device */
must_check enum err pcifn_scan(struct ctx *c);	   /* pcifn.c: functions, BARs, messages */
must_check enum err cfgpart_scan(struct ctx *c);   /* cfgpart.c: CPUs, windows, flags */
must_check enum err cfgchan_scan(struct ctx *c);   /* cfgchan.c: muxes, byte channels */
void cfgchan_board_console(struct ctx *c);	   /* the console when there is no layout to ask */
must_check enum err guestmem_build(struct ctx *c); /* guestmem.c: guest-physical spaces */
must_check enum err devcheck(struct ctx *c);	   /* devcheck.c: sharing, DMA without IOMMU */
must_check enum err cfgbell_scan(struct ctx *c);   /* cfgbell.c: doorbells, managers */
must_check enum err cfgdma_scan(struct ctx *c);	   /* cfgdma.c: windows */
must_check enum err cfgerr_scan(struct ctx *c);	   /* cfgerr.c: error-config */
must_check enum err
virq_build(struct ctx *c); /* virq.c: interrupt mode, virtual interrupts, handles */
must_check enum err image_scan(struct ctx *c);	/* image.c: guest images */
must_check enum err lint_scan(struct ctx *c);	/* lint.c: unknown properties and nodes */
must_check enum err gtree_build(struct ctx *c); /* gtree.c: guest trees */

#endif
