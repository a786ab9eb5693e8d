/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of checks, and how a finding is recorded. */
/* pure */
#include "hv/plan/ctx.h"

#define PLAN_CHECK_ROW(id, name, severity, meaning, right) {name, severity},
const struct plan_check plan_checks[CHECK_COUNT] = {PLAN_CHECKS(PLAN_CHECK_ROW)};
#undef PLAN_CHECK_ROW

#define PLAN_CHECK_TEXT(id, name, severity, meaning, right)                                        \
	const char plan_meaning_##id[] = meaning, plan_right_##id[] = right;
PLAN_CHECKS(PLAN_CHECK_TEXT)
#undef PLAN_CHECK_TEXT

#define DIAG_MAX 200

const char *ctx_path(struct ctx *c, unsigned node)
{
	return node == NONE ? NULL : tree_path(&c->cfg, node, c->arena, "");
}

const char *ctx_hw_path(struct ctx *c, unsigned node)
{
	return node == NONE ? NULL : tree_path(&c->hw, node, c->arena, "hw:");
}

const char *ctx_part_name(const struct ctx *c, unsigned owner)
{
	switch (owner) {
	case OWNER_HV:
		return "the hypervisor";
	case OWNER_NOBODY:
		return "nobody";
	default:
		return owner < c->plan->part_count ? c->plan->parts[owner].name : "nobody";
	}
}

static void diag_record(struct ctx *c, enum plan_check_id check, unsigned part, const char *path,
			const char *prop, const char *other, const char *fmt, va_list ap)
{
	struct plan *p = c->plan;
	uint8_t severity = plan_checks[check].severity;

	if (severity == DIAG_PARTITION && part >= p->part_count) {
		severity = DIAG_WARNING;
	}
	if (severity == DIAG_FATAL) {
		p->is_fatal = true;
	}
	if (severity == DIAG_PARTITION) {
		p->parts[part].is_valid = false;
	}
	if (p->diag_count == DIAG_MAX) {
		p->diag_dropped++;
		return;
	}
	if (!p->diags) {
		p->diags = arena_keep(c->arena, DIAG_MAX * sizeof(*p->diags));
	}
	if (!p->diags) {
		p->diag_dropped++;
		return;
	}
	p->diags[p->diag_count++] = (struct diag){
	    .check = (uint16_t)check,
	    .severity = severity,
	    .part = (uint16_t)(part < p->part_count ? part : NONE),
	    .path = path ? path : "/",
	    .prop = prop,
	    .other = other,
	    .text = text_vkeep(c->arena, fmt, ap),
	};
}

void diag_add(struct ctx *c, enum plan_check_id check, unsigned part, unsigned node,
	      const char *prop, const char *other, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_record(c, check, part, ctx_path(c, node), prop, other, fmt, ap);
	va_end(ap);
}

void diag_path(struct ctx *c, enum plan_check_id check, unsigned part, const char *path,
	       const char *prop, const char *other, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_record(c, check, part, path, prop, other, fmt, ap);
	va_end(ap);
}

void diag_hw(struct ctx *c, enum plan_check_id check, unsigned part, unsigned hw_node,
	     const char *prop, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_record(c, check, part, ctx_hw_path(c, hw_node), prop, NULL, fmt, ap);
	va_end(ap);
}
