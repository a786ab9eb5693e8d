/* SPDX-License-Identifier: BSD-3-Clause */
/* Partitions: their objects, the requests of operators and managers, and the guests' own. */
/* any CPU */
#include <string.h>

#include "hv/part.h"
#include "hv/cpu.h"
#include "hv/doorbell.h"
#include "hv/errq.h"
#include "hv/fmt.h"
#include "hv/panic.h"
#include "hv/part_cycle.h"
#include "hv/pool.h"

/* Room for what SET_DTPROP and a stop add to a guest tree. */
#define PART_GTREE_SLACK KIB(4)

struct part parts[MAX_PARTS];
unsigned int part_count;
const struct plan *the_plan;

static struct log_limit part_limits[MAX_PARTS];

const char *part_state_name(enum part_state state)
{
	static const char *const names[] = {
	    [PART_STOPPED] = "stopped",	  [PART_RUNNING] = "running", [PART_STARTING] = "starting",
	    [PART_STOPPING] = "stopping", [PART_PAUSING] = "pausing", [PART_PAUSED] = "paused",
	    [PART_RESUMING] = "resuming",
	};

	return names[state];
}

const char *part_reason_name(enum part_reason by)
{
	static const char *const names[] = {
	    [PART_BY_NONE] = "none",	     [PART_BY_SELF] = "self",
	    [PART_BY_MANAGER] = "manager",   [PART_BY_SHELL] = "shell",
	    [PART_BY_WATCHDOG] = "watchdog", [PART_BY_FAULT] = "fault",
	};

	return names[by];
}

struct part *part_find(const char *g_name)
{
	uint64_t number;

	for (unsigned int i = 0; i < part_count; i++) {
		if (strcmp(parts[i].plan->name, g_name) == 0) {
			return &parts[i];
		}
	}
	if (!fmt_number(g_name, &number)) {
		return NULL;
	}
	for (unsigned int i = 0; i < part_count; i++) {
		if (parts[i].plan->guest_id == number) {
			return &parts[i];
		}
	}
	return NULL;
}

static enum err part_init(struct part *p, unsigned int index)
{
	const struct plan_part *plan = p->plan;

	p->lock = (struct lock)LOCK_INIT(LOCK_PART, "partition");
	p->gtree_lock = (struct lock)LOCK_INIT(LOCK_GTREE, "guest tree");
	p->index = (uint16_t)index;
	p->limit = &part_limits[index];
	p->evict_at = UINT64_MAX;
	p->vcpus = pool_alloc(plan->cpu_count * sizeof(*p->vcpus));
	p->gtree_room = plan->gtree_size + (uint32_t)PART_GTREE_SLACK;
	if (p->gtree_room > plan->dtb_window.size && plan->dtb_window.size >= plan->gtree_size) {
		p->gtree_room = (uint32_t)plan->dtb_window.size;
	}
	p->gtree = pool_alloc(p->gtree_room);
	p->errq = errq_create();
	if (p->vcpus == NULL || p->gtree == NULL || p->errq == NULL) {
		return ERR_FULL;
	}
	if (plan->gtree != NULL) {
		memcpy(p->gtree, plan->gtree, plan->gtree_size);
	}
	for (unsigned int i = 0; i < plan->cpu_count; i++) {
		struct vcpu *v = &p->vcpus[i];

		v->part = p;
		v->index = (uint16_t)i;
		v->cpu = &cpus[plan->cpus[i]];
		v->cpu->vcpu = v;
	}
	return OK;
}

enum err part_init_all(const struct plan *plan)
{
	the_plan = plan;
	part_count = plan->part_count;
	for (unsigned int i = 0; i < part_count; i++) {
		parts[i].plan = &plan->parts[i];
	}
	for (unsigned int i = 0; i < part_count; i++) {
		if (plan->parts[i].is_valid && part_init(&parts[i], i) != OK) {
			return ERR_FULL;
		}
	}
	return OK;
}

int part_vcpu_status(const struct vcpu *caller, unsigned int g_target)
{
	struct part *p = caller->part;
	int status;

	if (g_target >= p->plan->cpu_count) {
		return -1;
	}
	lock_take(&p->lock);
	if (p->vcpus[g_target].state != VCPU_OFF) {
		status = 0;
	} else {
		status = p->vcpus[g_target].want == VCPU_WANT_START ? 2 : 1;
	}
	lock_drop(&p->lock);
	return status;
}

/* PSCI return values (Arm DEN 0022 section 5.2.2), which the spin table's code understands too. */
enum {
	VCPU_ON_OK = 0,
	VCPU_ON_INVALID = -2,
	VCPU_ON_ALREADY = -4,
	VCPU_ON_PENDING = -5,
	VCPU_ON_FAILED = -6,
};

enum trap part_vcpu_on(struct vcpu *caller, unsigned int g_target, uint64_t pc, uint64_t arg,
		       int *status)
{
	struct part *p = caller->part;
	struct vcpu *v;

	if (g_target >= p->plan->cpu_count) {
		*status = VCPU_ON_INVALID;
		return TRAP_SKIP;
	}
	v = &p->vcpus[g_target];
	lock_take(&p->lock);
	if (v->state != VCPU_OFF) {
		*status = VCPU_ON_ALREADY;
	} else if (v->want == VCPU_WANT_START) {
		*status = VCPU_ON_PENDING;
	} else if (p->state == PART_STOPPING) {
		*status = VCPU_ON_FAILED;
	} else {
		v->entry = (struct vcpu_entry){.pc = pc, .arg = arg};
		v->want = VCPU_WANT_START;
		cpu_post(v->cpu, CPU_EV_VCPU);
		*status = VCPU_ON_OK;
	}
	lock_drop(&p->lock);
	return TRAP_SKIP;
}

static bool part_is_all_off(const struct part *p)
{
	for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
		if (p->vcpus[i].state != VCPU_OFF || p->vcpus[i].want == VCPU_WANT_START) {
			return false;
		}
	}
	return true;
}

enum trap part_vcpu_off(struct vcpu *v)
{
	struct part *p = v->part;
	bool is_last;

	lock_take(&p->lock);
	v->state = VCPU_OFF;
	is_last = part_is_all_off(p);
	if (is_last) {
		v->state = VCPU_ON;
	} else {
		arch_vcpu_leave(v);
	}
	lock_drop(&p->lock);
	if (is_last) {
		(void)part_end_now(p, PART_BY_SELF, "its last running CPU was switched off", false);
	}
	return TRAP_STOP;
}

/* When somebody else is stopping it already, the verdict alone is right. */
enum trap part_guest_off(struct vcpu *v)
{
	(void)part_end_now(v->part, PART_BY_SELF, "it switched itself off", false);
	return TRAP_STOP;
}

enum trap part_guest_reset(struct vcpu *v)
{
	(void)part_end_now(v->part, PART_BY_SELF, "it reset itself", true);
	return TRAP_STOP;
}

void part_watchdog(struct vcpu *v)
{
	struct part *p = v->part;
	char why[32];

	fmt_print(why, sizeof(why), "vcpu-%u", v->index);
	switch ((enum plan_wdog_action)p->plan->wdog_action) {
	case PLAN_WDOG_RESET:
		(void)part_end_now(p, PART_BY_WATCHDOG, why, true);
		break;
	case PLAN_WDOG_NOTIFY:
		log_guest(p, "watchdog of %s expired, its manager is told", why);
		doorbell_event(p, PLAN_EV_WATCHDOG);
		break;
	case PLAN_WDOG_STOP:
		(void)part_end_now(p, PART_BY_WATCHDOG, why, false);
		break;
	}
}

enum trap part_fail(struct vcpu *v, const char *fmt, ...)
{
	char why[sizeof(v->part->stop_text)];
	size_t n =
	    fmt_print(why, sizeof(why), "vcpu %u at pc %#" PRIx64 ": ", v->index, arch_vcpu_pc(v));
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(why + n, sizeof(why) - n, fmt, ap);
	va_end(ap);
	(void)part_end_now(v->part, PART_BY_FAULT, why, false);
	return TRAP_STOP;
}
