/* SPDX-License-Identifier: BSD-3-Clause */
/* A device tree that can still change: what a guest tree is until it is flattened. */
/* pure */
#ifndef HV_PLAN_LIVE_H
#define HV_PLAN_LIVE_H

#include "hv/plan/ctx.h"

struct lprop {
	const char *name;
	const void *val;
	uint32_t len;
	struct lprop *next;
};

struct lnode {
	const char *name;
	struct lnode *parent, *child, *last, *next;
	struct lprop *props, *last_prop;
	uint32_t phandle; /* 0: none yet */
	uint16_t cfg;	  /* layout node it was made for, or NONE */
	uint16_t update;  /* node-update node that wrote to it last, or NONE */
	uint16_t hw;	  /* hardware node it is a copy of, or NONE */
};

/* The tree of one partition while it is made; all of it is scratch. */
struct live {
	struct ctx *c;
	struct plan_part *part;
	unsigned index;
	struct lnode *root;
	uint32_t next_phandle;
	bool is_full; /* some allocation failed: the tree must not be used */
	struct lnode *hypervisor, *handles, *devices; /* devices: NULL until the first is there */
	uint32_t irqc;	/* phandle of the guest's interrupt controller */
	uint32_t frame; /* of the frame that takes PCI messages, 0: none */
};

/* All of these do nothing but note is_full when memory runs out. Names and values are not copied.
 */
struct lnode *live_node(struct live *l, struct lnode *parent, const char *name);
struct lnode *live_child(struct lnode *parent, const char *name);
struct lprop *live_prop(struct lnode *n, const char *name);
void live_set(struct live *l, struct lnode *n, const char *name, const void *val, uint32_t len);
void live_str(struct live *l, struct lnode *n, const char *name, const char *s);
void live_flag(struct live *l, struct lnode *n, const char *name);
void live_u32(struct live *l, struct lnode *n, const char *name, uint32_t v);
void live_cells(struct live *l, struct lnode *n, const char *name, const uint32_t *cells,
		unsigned count);
void live_remove(struct lnode *n, const char *name);
void live_unlink(struct lnode *n);

/* Memory for a value, or a dump when there is none. */
void *live_room(struct live *l, uint32_t n);

/* Text that lives as long as the tree. */
const char *live_text(struct live *l, const char *fmt, ...) printf_like(2, 3);

/* A number as `cells` cells at out; returns the cells written. */
unsigned live_put(uint32_t *out, uint64_t v, unsigned cells);

/* `reg`-like value: one address and one size in the cells of the guest's root. */
void live_reg(struct live *l, struct lnode *n, const char *name, uint64_t addr, uint64_t size);

/* The node's phandle, which it gets now if it had none. */
uint32_t live_phandle(struct live *l, struct lnode *n);

/* All properties of a hardware node, and its phandle. */
void live_copy(struct live *l, struct lnode *n, unsigned hw);

/* Next node in depth-first order below top, or NULL. */
struct lnode *live_walk(struct lnode *top, struct lnode *at);
struct lnode *live_by_cfg(struct live *l, unsigned cfg);
struct lnode *live_by_hw(struct live *l, unsigned hw);
struct lnode *live_by_phandle(struct live *l, uint32_t phandle);
const char *live_path(struct live *l, struct lnode *n);

/* Bytes of the tree as a blob, and of its structure block alone; and the blob itself (flat.c). */
struct flat {
	uint32_t structure, size;
};
struct flat flat_measure(struct lnode *root);
void flat_write(struct lnode *root, void *blob, struct flat flat);

/* ---------------------------------------------------------------- parts of a guest tree */

/* Children of a layout node called node-update are merged into target (update.c). */
void update_apply(struct live *l, unsigned cfg, struct lnode *target);
/* node-update-phandle, after everything else. */
void update_phandles(struct live *l, unsigned cfg, struct lnode *target);

void gtdev_add(struct live *l);	    /* gtdev.c: assigned devices */
void gtarm_add(struct live *l);	    /* gtree_arm64.c: CPUs, controller, timer, psci */
void gtppc_cpus(struct live *l);    /* gtree_ppc.c */
void gtppc_devices(struct live *l); /* /devices with the virtual MPIC */
void gtppc_interrupt_map(struct live *l, struct lnode *n); /* of a bridge the partition has */
void gtuart_add(struct live *l);			   /* gtuart.c: virtual UARTs */
void gtmsi_add(struct live *l);	    /* gtmsi.c: PCI hosts with an MSI subwindow, and their banks */
void gtpci_add(struct live *l);	    /* gtpci.c: bridges, and the functions it has of them */
void gthandles_add(struct live *l); /* gthandles.c: /hypervisor/handles */

#define GT_VMPIC 0x564d5043u /* phandle of the virtual MPIC: "VMPC" */

/* Specifier of a virtual interrupt in the guest's controller: cells written to out (at most 3). */
unsigned gt_virq(const struct live *l, unsigned virq, uint32_t *out);

/* ppc: handle and sense of a physical interrupt, all ones when it cannot be given; 2 cells. */
unsigned gt_ppc_specifier(const struct live *l, const struct plan_irq *irq, uint32_t *out);

/* /devices, made at first use. */
struct lnode *gt_devices(struct live *l);

#endif
