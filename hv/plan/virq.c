/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual interrupts and handles of every partition, and direct or virtual interrupt delivery. */
/* pure; numbering of handles as Topaz: 1..63 global, then first free in order of construction */
#include <string.h>

#include "hv/plan/ctx.h"

#define HANDLE_FIRST_OWN 64u
#define VIRQS_MAX_PPC 64u
#define VIRQS_MAX_ARM64 256u
#define SPI_FIRST 32u
#define SPI_END 1020u
#define MESSAGE_ALIGN 32u

/* One partition while its tables grow. */
struct build {
	struct ctx *c;
	struct plan_part *part;
	unsigned index;
	struct plan_handle *handles; /* MAX_HANDLES */
	unsigned next;
	struct plan_virq *virqs;
	uint32_t wanted[VIRQS_MAX_ARM64]; /* number the layout asks for, 0: any */
	unsigned count, limit;
	bool is_full_told;
};

static unsigned handle_add(struct build *b, struct plan_handle h)
{
	if (b->next == MAX_HANDLES) {
		if (!b->is_full_told) {
			diag_add(b->c, CHECK_HANDLE_LIMIT, b->index, b->part->cfg_index, NULL, NULL,
				 "%s needs more than %u handles", b->part->name, MAX_HANDLES);
		}
		b->is_full_told = true;
		return NONE;
	}
	b->handles[b->next] = h;
	return b->next++;
}

/* A virtual interrupt; on ppc it has a handle, which is also its vector. */
static unsigned virq_add(struct build *b, uint8_t kind, unsigned index, uint32_t wanted)
{
	unsigned at = b->count;

	if (at == b->limit) {
		diag_add(b->c, CHECK_VIRQ_LIMIT, b->index, b->part->cfg_index, NULL, NULL,
			 "%s needs more than %u virtual interrupts", b->part->name, b->limit);
		return NONE;
	}
	b->virqs[at] = (struct plan_virq){.kind = kind, .index = (uint16_t)index};
	b->wanted[at] = wanted;
	b->count++;
	if (plan_is_ppc(b->c->plan)) {
		b->virqs[at].g_irq =
		    handle_add(b, (struct plan_handle){PLAN_H_VIRQ, 0, (uint16_t)at});
	}
	return at;
}

static void add_devices(struct build *b)
{
	struct plan *p = b->c->plan;

	for (unsigned d = 0; d < p->dev_count; d++) {
		const struct plan_dev *dev = &p->devs[d];

		if (dev->owner != b->index && dev->standby != b->index) {
			continue;
		}
		handle_add(b, (struct plan_handle){PLAN_H_DEVICE, 0, (uint16_t)d});
		for (unsigned i = 0; i < dev->irq_count && plan_is_ppc(b->c->plan); i++) {
			struct plan_irq *irq = &p->irqs[dev->irq_first + i];

			if (irq->irq != PLAN_IRQ_NONE) {
				irq->g_irq = handle_add(
				    b, (struct plan_handle){PLAN_H_IRQ, 0,
							    (uint16_t)(dev->irq_first + i)});
			}
		}
		for (unsigned i = 0; i < dev->stream_count; i++) {
			if (p->streams[dev->stream_first + i].iommu != NONE) {
				handle_add(b,
					   (struct plan_handle){PLAN_H_DMA, 0,
								(uint16_t)(dev->stream_first + i)});
			}
		}
	}
}

/* Functions behind one stream have one handle for its DMA: that of the first. */
static void add_functions(struct build *b)
{
	const struct plan *p = b->c->plan;

	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];

		if (fn->owner == b->index && fn->stream != NONE && p->streams[fn->stream].fn == i) {
			handle_add(b, (struct plan_handle){PLAN_H_DMA, 0, fn->stream});
		}
	}
}

static void add_doorbells(struct build *b)
{
	struct ctx *c = b->c;

	for (unsigned i = 0; i < c->ring_count; i++) {
		if (c->rings[i].part == b->index && c->rings[i].is_send) {
			c->rings[i].handle = (uint16_t)handle_add(
			    b, (struct plan_handle){PLAN_H_SEND_DOORBELL, 0, c->rings[i].bell});
		}
	}
	for (unsigned i = 0; i < c->ring_count; i++) {
		if (c->rings[i].part == b->index && !c->rings[i].is_send) {
			c->rings[i].virq =
			    (uint16_t)virq_add(b, PLAN_VIRQ_DOORBELL, c->rings[i].bell, 0);
		}
	}
}

static enum err add_managed(struct build *b)
{
	struct ctx *c = b->c;
	unsigned n = 0;

	for (unsigned i = 0; i < c->managing_count; i++) {
		n += c->managings[i].part == b->index;
	}
	b->part->managed = arena_keep(c->arena, n * sizeof(*b->part->managed));
	if (!b->part->managed) {
		return ERR_SIZE;
	}
	for (unsigned i = 0; i < c->managing_count; i++) {
		const struct managing *from = &c->managings[i];
		struct plan_managed *m = &b->part->managed[b->part->managed_count];
		uint16_t id = c->plan->parts[from->target].guest_id;

		if (from->part != b->index) {
			continue;
		}
		*m = (struct plan_managed){.part = from->target, .handle = id};
		m->path = ctx_path(c, from->cfg);
		b->handles[id] = (struct plan_handle){PLAN_H_PART, 0, from->target};
		for (unsigned ev = 0; ev < PLAN_EV_COUNT; ev++) {
			m->virq[ev] = ev == PLAN_EV_SHUTDOWN
					  ? NONE
					  : (uint16_t)virq_add(b, PLAN_VIRQ_EVENT, ev, 0);
		}
		m->shutdown_handle =
		    (uint16_t)handle_add(b, (struct plan_handle){PLAN_H_SHUTDOWN, 0, from->target});
		b->part->managed_count++;
	}
	return OK;
}

static void add_channels(struct build *b)
{
	struct ctx *c = b->c;

	for (unsigned i = 0; i < c->end_count; i++) {
		const struct end_node *e = &c->ends[i];
		struct plan_end *end = &c->plan->chans[e->chan].end[e->end];
		const struct tree_prop *irq;

		if (e->part != b->index || end->kind != PLAN_END_PART) {
			continue;
		}
		if (e->vuart) {
			irq = cfg_cells(c, e->cfg, "guest-interrupt", 1, CHECK_VUART_IRQ, b->index);
			end->virq_rx = (uint16_t)virq_add(b, PLAN_VIRQ_VUART, e->chan,
							  irq ? tree_cell(irq, 0) : 0);
			continue;
		}
		end->handle = (uint16_t)handle_add(
		    b, (struct plan_handle){PLAN_H_CHAN, (uint8_t)e->end, e->chan});
		end->virq_rx = (uint16_t)virq_add(b, PLAN_VIRQ_CHAN_RX, e->chan, 0);
		end->virq_tx = (uint16_t)virq_add(b, PLAN_VIRQ_CHAN_TX, e->chan, 0);
	}
}

/* ---------------------------------------------------------------- interrupt numbers on arm64 */

static bool bit_get(const uint32_t *map, uint32_t n)
{
	return map[n / 32] >> (n % 32) & 1;
}

static void bit_set(uint32_t *map, uint32_t n)
{
	map[n / 32] |= UINT32_C(1) << n % 32;
}

/* Shared interrupts that the partition's own devices use. */
static void own_lines(const struct build *b, uint32_t *map)
{
	const struct plan *p = b->c->plan;

	for (unsigned i = 0; i < p->irq_count; i++) {
		if (p->irqs[i].owner == b->index && p->irqs[i].irq < SPI_END) {
			bit_set(map, p->irqs[i].irq);
		}
	}
}

/*
 * Direct mode carries a virtual interrupt on a physical SPI, so that one must be idle on the whole
 * board; in virtual mode only the partition itself must not use the number.
 */
static bool number_free(const struct build *b, const uint32_t *own, uint32_t n, bool is_direct)
{
	const struct ctx *c = b->c;

	if (n < SPI_FIRST || n >= SPI_END || bit_get(own, n)) {
		return false;
	}
	return !is_direct || (n < c->plan->board.irq_count && !bit_get(c->irq_used, n) &&
			      !bit_get(c->spi_taken, n));
}

/* Numbers the layout asks for first, then the lowest free ones. Returns the virq that got none, or
 * count. */
static unsigned numbers_assign(struct build *b, uint32_t *own, bool is_direct)
{
	uint32_t n = SPI_FIRST;

	for (unsigned i = 0; i < b->count; i++) {
		if (b->wanted[i] && !number_free(b, own, b->wanted[i], is_direct)) {
			return i;
		}
		if (b->wanted[i]) {
			b->virqs[i].g_irq = b->wanted[i];
			bit_set(own, b->wanted[i]);
		}
	}
	for (unsigned i = 0; i < b->count; i++) {
		if (b->wanted[i]) {
			continue;
		}
		while (n < SPI_END && !number_free(b, own, n, is_direct)) {
			n++;
		}
		if (n == SPI_END) {
			return i;
		}
		b->virqs[i].g_irq = n++;
	}
	return b->count;
}

static void numbers_seal(struct build *b, bool is_direct)
{
	struct plan_part *part = b->part;
	uint32_t last = 63;

	for (unsigned i = 0; i < b->count; i++) {
		struct plan_virq *v = &b->virqs[i];

		v->is_level = v->kind == PLAN_VIRQ_VUART && !is_direct;
		v->carrier = is_direct ? v->g_irq : 0;
		if (is_direct) {
			bit_set(b->c->spi_taken, v->g_irq);
		}
		last = v->g_irq > last ? v->g_irq : last;
	}
	for (unsigned i = 0; i < b->c->plan->irq_count; i++) {
		const struct plan_irq *irq = &b->c->plan->irqs[i];

		if (irq->owner == b->index && irq->irq < SPI_END && irq->irq > last) {
			last = irq->irq;
		}
	}
	part->gic.spi_end = (last + 32) & ~31u;
	part->irq_mode = is_direct ? PLAN_IRQ_DIRECT : PLAN_IRQ_VIRTUAL;
}

/*
 * Numbers in a row for the messages of PCI functions, from a multiple of 32 on: a function that
 * sends several messages writes their number into the low bits of the first one's (PCI 3.0 §6.8).
 */
static void messages_place(struct build *b, uint32_t *own)
{
	struct plan_part *part = b->part;
	uint32_t first = SPI_FIRST, n = 0;

	for (unsigned i = 0; i < b->count; i++) {
		bit_set(own, b->virqs[i].g_irq);
	}
	while (n < part->msi.count && first + part->msi.count <= SPI_END) {
		for (n = 0; n < part->msi.count && !bit_get(own, first + n); n++) {
		}
		if (n < part->msi.count) {
			first += MESSAGE_ALIGN;
		}
	}
	if (n < part->msi.count) {
		diag_add(b->c, CHECK_PCI_MSI, b->index, part->cfg_index, NULL, NULL,
			 "%s has no %u interrupt numbers in a row free for its messages",
			 part->name, part->msi.count);
		part->msi.count = 0;
		return;
	}
	part->msi.first = first;
	if (first + n > part->gic.spi_end) {
		part->gic.spi_end = (first + n + 31) & ~31u;
	}
}

/* Another number for a virtual interrupt: the lowest that is idle on the board, or 0. */
static uint32_t number_idle(const struct build *b, const uint32_t *own)
{
	for (uint32_t n = SPI_FIRST; n < SPI_END; n++) {
		if (number_free(b, own, n, true)) {
			return n;
		}
	}
	return 0;
}

/*
 * Once every partition with direct interrupts has what it needs, idle SPIs carry virtual mode's
 * edges too: raising one is then a register write, and it arrives as quickly as a device's. Nothing
 * depends on it, so who finds none left goes without. Levels need the end of the interrupt told.
 */
static void carriers_add(struct build *b)
{
	const struct plan_board *board = &b->c->plan->board;
	uint32_t own[SPI_END / 32 + 1] = {0};

	if (board->irqc == NONE || b->c->plan->devs[board->irqc].driver != PLAN_DRV_GICV3 ||
	    b->part->irq_mode != PLAN_IRQ_VIRTUAL) {
		return;
	}
	own_lines(b, own);
	for (unsigned i = 0; i < b->part->virq_count; i++) {
		bit_set(own, b->part->virqs[i].g_irq);
	}
	for (unsigned i = 0; i < b->part->msi.count; i++) {
		bit_set(own, b->part->msi.first + i);
	}
	for (unsigned i = 0; i < b->part->virq_count; i++) {
		struct plan_virq *v = &b->part->virqs[i];
		uint32_t n = v->is_level ? 0 : number_idle(b, own);

		if (n) {
			v->g_irq = n;
			v->carrier = n;
			bit_set(own, n);
			bit_set(b->c->spi_taken, n);
			if (n >= b->part->gic.spi_end) {
				b->part->gic.spi_end = (n + 32) & ~31u;
			}
		}
	}
}

static void insist_finding(struct build *b, const char *why)
{
	diag_add(b->c, CHECK_IRQ_DIRECT, b->index, b->part->cfg_index, "interrupt-mode", NULL,
		 "%s cannot have direct interrupts: %s", b->part->name, why);
}

/* The layout node of a virtual UART, for findings. */
static unsigned vuart_node(const struct build *b, unsigned virq)
{
	const struct ctx *c = b->c;

	for (unsigned i = 0; i < c->end_count; i++) {
		const struct end_node *e = &c->ends[i];

		if (e->part == b->index && e->vuart &&
		    c->plan->chans[e->chan].end[e->end].virq_rx == virq) {
			return e->cfg;
		}
	}
	return b->part->cfg_index;
}

static void numbers_choose(struct build *b)
{
	uint32_t own[SPI_END / 32 + 1];
	const struct plan_board *board = &b->c->plan->board;
	bool is_v3 = board->irqc != NONE && b->c->plan->devs[board->irqc].driver == PLAN_DRV_GICV3;
	bool insists = b->part->irq_mode == PLAN_IRQ_DIRECT;
	unsigned failed;

	if (insists && !is_v3) {
		insist_finding(b, "this board has a GICv2, which can only deliver virtual ones");
	}
	if (insists && b->part->msi.count) {
		insist_finding(b, "messages of its PCI functions arrive as interrupts of another "
				  "kind, and become virtual ones");
	}
	for (int is_direct =
		 is_v3 && b->part->irq_mode != PLAN_IRQ_VIRTUAL && b->part->msi.count == 0;
	     is_direct >= 0; is_direct--) {
		for (unsigned i = 0; i < ARRAY_SIZE(own); i++) {
			own[i] = 0;
		}
		own_lines(b, own);
		failed = numbers_assign(b, own, is_direct);
		if (failed == b->count) {
			numbers_seal(b, is_direct);
			messages_place(b, own);
			return;
		}
		if (is_direct && insists) {
			insist_finding(
			    b,
			    b->wanted[failed]
				? "the interrupt its virtual UART asks for is used by the board or "
				  "another partition"
				: "no idle interrupt of the board is left for a virtual interrupt");
		}
	}
	if (b->wanted[failed]) {
		diag_add(b->c, CHECK_VUART_IRQ, b->index, vuart_node(b, failed), "guest-interrupt",
			 NULL,
			 "interrupt %u cannot be used: from %u to %u, and not one of the "
			 "partition's own",
			 b->wanted[failed], SPI_FIRST, SPI_END - 1);
	} else {
		diag_add(b->c, CHECK_VIRQ_LIMIT, b->index, b->part->cfg_index, NULL, NULL,
			 "%s needs more interrupts than its controller has", b->part->name);
	}
	b->part->irq_mode = PLAN_IRQ_VIRTUAL;
	b->part->gic.spi_end = SPI_FIRST + 32;
}

/* ---------------------------------------------------------------- one partition, then all */

static void add_error_manager(struct build *b)
{
	const char *claim;

	if (b->c->errman[b->index] != NONE) {
		b->part->errman_handle =
		    (uint16_t)handle_add(b, (struct plan_handle){PLAN_H_ERROR_MANAGER, 0, 0});
		b->part->errman_vcpu =
		    (uint16_t)tree_u32(&b->c->cfg, b->c->errman[b->index], "vcpu", 0);
		claim = tree_str(&b->c->cfg, b->c->errman[b->index], "claimable");
		b->part->is_errman_standby = claim && strcmp(claim, "standby") == 0;
	}
}

static enum err part_build(struct build *b)
{
	struct plan_part *part = b->part;
	enum err e;

	memset(b->handles, 0, HANDLE_FIRST_OWN * sizeof(*b->handles));
	b->handles[part->guest_id] = (struct plan_handle){PLAN_H_PART, 0, (uint16_t)b->index};
	b->next = HANDLE_FIRST_OWN;
	b->count = 0;
	b->is_full_told = false;
	part->errman_handle = NONE;
	add_devices(b);
	add_functions(b);
	add_error_manager(b);
	part->errq_handle = (uint16_t)handle_add(b, (struct plan_handle){PLAN_H_ERROR_QUEUE, 0, 0});
	add_doorbells(b);
	e = add_managed(b);
	if (e != OK) {
		return e;
	}
	part->shutdown_virq = (uint16_t)virq_add(b, PLAN_VIRQ_EVENT, PLAN_EV_SHUTDOWN, 0);
	add_channels(b);
	if (!plan_is_ppc(b->c->plan)) {
		numbers_choose(b);
	} else {
		part->irq_mode = PLAN_IRQ_VIRTUAL;
	}
	part->handle_count = (uint16_t)b->next;
	part->handles = arena_copy(b->c->arena, b->handles, b->next * sizeof(*b->handles));
	part->virq_count = (uint16_t)b->count;
	part->virqs = arena_copy(b->c->arena, b->virqs, b->count * sizeof(*b->virqs));
	return part->handles && part->virqs ? OK : ERR_SIZE;
}

/* Doorbells know their receivers as slices of one array. */
static void receivers_fill(struct ctx *c)
{
	struct plan *p = c->plan;

	for (unsigned bell = 0; bell < p->doorbell_count; bell++) {
		p->doorbells[bell].rx_first = p->receiver_count;
		for (unsigned i = 0; i < c->ring_count; i++) {
			const struct ring *r = &c->rings[i];

			if (!r->is_send && r->bell == bell && r->virq != NONE) {
				p->receivers[p->receiver_count++] =
				    (struct plan_receiver){r->part, r->virq};
			}
		}
		p->doorbells[bell].rx_count =
		    (uint16_t)(p->receiver_count - p->doorbells[bell].rx_first);
	}
}

unsigned handle_find(const struct plan_part *part, uint8_t kind, unsigned index, unsigned skip)
{
	for (unsigned h = 1; h < part->handle_count; h++) {
		if (part->handles[h].kind == kind && part->handles[h].index == index &&
		    skip-- == 0) {
			return h;
		}
	}
	return NONE;
}

enum err virq_build(struct ctx *c)
{
	struct plan *p = c->plan;
	size_t mark = c->arena->size;
	struct build *b = arena_scratch_raw(c->arena, sizeof(*b));
	uint16_t id = 1;
	enum err e = OK;

	if (!b) {
		return ERR_SIZE;
	}
	b->c = c;
	b->limit = plan_is_ppc(c->plan) ? VIRQS_MAX_PPC : VIRQS_MAX_ARM64;
	b->handles = arena_scratch_raw(c->arena, MAX_HANDLES * sizeof(*b->handles));
	b->virqs = arena_scratch_raw(c->arena, b->limit * sizeof(*b->virqs));
	if (!b->handles || !b->virqs) {
		return ERR_SIZE;
	}
	for (unsigned i = 0; i < p->part_count; i++) {
		p->parts[i].guest_id = id++;
	}
	for (unsigned i = 0; i < p->part_count && e == OK; i++) {
		b->index = i;
		b->part = &p->parts[i];
		e = part_build(b);
	}
	for (unsigned i = 0; i < p->part_count && e == OK; i++) {
		b->index = i;
		b->part = &p->parts[i];
		carriers_add(b);
	}
	receivers_fill(c);
	c->arena->size = mark;
	return e;
}
