/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: error-config, what is done about hardware errors of the hypervisor's devices. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"

#define THRESHOLD_MAX 0xffu

/* The errors of a domain, and the devices that report in it. */
struct domain {
	const char *name;
	const char *compatible[2];
	const char *errors[8];
};

static const struct domain domains[] = {
    {"cpc",
     {"fsl,p4080-l3-cache-controller", "fsl,t4240-l3-cache-controller"},
     {"multiple errors", "tag multi-way hit", "tag status multi-bit ecc",
      "tag status single-bit ecc", "data multi-bit ecc", "data single-bit ecc"}},
    {"ccf", {"fsl,corenet-cf"}, {"multiple intervention", "local access"}},
    {"ccm",
     {"fsl,corenet2-cf"},
     {"multicast stash", "unavailable target id", "illegal coherency response", "local access"}},
    {"misc", {"fsl,soc-sram-error"}, {"internal ram multi-bit ecc"}},
    {"pamu",
     {"fsl,pamu", "fsl,p4080-pamu"},
     {"operation", "single-bit ecc", "multi-bit ecc", "access violation"}},
    {"ddr",
     {"fsl,qoriq-memory-controller", "fsl,p4080-memory-controller"},
     {"multiple errors", "memory select", "single-bit ecc", "multi-bit ecc", "corrupted data",
      "auto calibration", "address parity"}},
};

static const char *const policies[] = {
    [PLAN_ERROR_DISABLE] = "disable",
    [PLAN_ERROR_NOTIFY] = "notify",
    [PLAN_ERROR_HALT] = "halt",
    [PLAN_ERROR_RESET] = "system-reset",
};

static unsigned word_at(const char *const *words, unsigned count, const char *word)
{
	unsigned i = 0;

	while (i < count && (!words[i] || strcmp(words[i], word) != 0)) {
		i++;
	}
	return i;
}

static const struct domain *domain_of(const struct ctx *c, unsigned hw, const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(domains); i++) {
		const struct domain *d = &domains[i];

		if (strcmp(d->name, name) != 0) {
			continue;
		}
		for (unsigned k = 0; k < ARRAY_SIZE(d->compatible); k++) {
			if (d->compatible[k] && tree_is_compatible(&c->hw, hw, d->compatible[k])) {
				return d;
			}
		}
	}
	return NULL;
}

static void bad(struct ctx *c, unsigned node, const char *prop, const char *value, const char *why)
{
	diag_add(c, CHECK_ERROR_CONFIG, NONE, node, prop, NULL, "%s \"%s\" %s", prop,
		 value ? value : "", why);
}

static void error_add(struct ctx *c, const struct grant *g, unsigned node)
{
	struct plan *p = c->plan;
	const char *domain = tree_str(&c->cfg, node, "domain"),
		   *error = tree_str(&c->cfg, node, "error");
	const char *policy = tree_str(&c->cfg, node, "policy");
	const struct tree_prop *limit;
	const struct domain *d = domain ? domain_of(c, g->hw, domain) : NULL;
	unsigned what =
	    policy ? word_at(policies, ARRAY_SIZE(policies), policy) : ARRAY_SIZE(policies);

	limit = cfg_cells(c, node, "single-bit-ecc-threshold", 1, CHECK_ERROR_CONFIG, NONE);
	if (!d) {
		bad(c, node, "domain", domain, "is not one of this device");
	} else if (!error ||
		   word_at(d->errors, ARRAY_SIZE(d->errors), error) == ARRAY_SIZE(d->errors)) {
		bad(c, node, "error", error, "is not one of this domain");
	} else if (what == ARRAY_SIZE(policies)) {
		bad(c, node, "policy", policy, "is none of disable, notify, halt, system-reset");
	} else if (limit && tree_cell(limit, 0) > THRESHOLD_MAX) {
		bad(c, node, "single-bit-ecc-threshold", NULL, "must be at most 255");
	} else {
		if (what != PLAN_ERROR_DISABLE) {
			diag_add(c, CHECK_NOT_EXECUTED_HINT, NONE, node, "policy", NULL,
				 "policy \"%s\" is understood but not carried out", policy);
		}
		p->errors[p->error_count++] = (struct plan_error){
		    .dev = g->dev,
		    .policy = (uint8_t)what,
		    .threshold = limit ? (uint8_t)tree_cell(limit, 0) : 0,
		    .domain = domain,
		    .error = error,
		};
	}
}

enum err cfgerr_scan(struct ctx *c)
{
	c->plan->errors =
	    arena_keep(c->arena, (cfg_count(c, KIND_ERROR_CONFIG) + 1) * sizeof(*c->plan->errors));
	if (!c->plan->errors) {
		return ERR_SIZE;
	}
	for (unsigned n = 1; n < c->cfg.node_count; n++) {
		if (!cfg_is(c, n, KIND_ERROR_CONFIG)) {
			continue;
		}
		for (unsigned i = 0; i < c->grant_count; i++) {
			const struct grant *g = &c->grants[i];

			if (g->owner == OWNER_HV && tree_inside(&c->cfg, n, g->cfg)) {
				error_add(c, g, n);
			}
		}
	}
	return OK;
}
