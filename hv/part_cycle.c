/* SPDX-License-Identifier: BSD-3-Clause */
/* Start, stop, restart, pause and resume: asked under the lock, done by the partition's own CPUs.
 */
/*
 * A request names the state that all vcpus have to reach (p->state), tells each what it wants of
 * it and posts CPU_EV_VCPU. Each vcpu obeys on its own CPU; the one that arrives last
 * (p->vcpus_left) completes the transition in part_arrived(). Nobody waits for anybody.
 */
#include <string.h>

#include "hv/part_cycle.h"
#include "hv/bc.h"
#include "hv/cpu.h"
#include "hv/dma.h"
#include "hv/doorbell.h"
#include "hv/errq.h"
#include "hv/fmt.h"
#include "hv/gtree.h"
#include "hv/load.h"
#include "hv/panic.h"
#include "hv/pci.h"

/* A vcpu that does not leave its guest within this time after a kick loses its memory. */
#define PART_EVICT_MS 50

/* Ask every vcpu in the given states. Lock held. */
static void part_ask(struct part *p, enum vcpu_want want, bool if_on, bool if_paused)
{
	p->vcpus_left = 0;
	for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
		struct vcpu *v = &p->vcpus[i];

		if ((v->state == VCPU_ON && if_on) || (v->state == VCPU_PAUSED && if_paused)) {
			v->want = (uint8_t)want;
			p->vcpus_left++;
			cpu_post(v->cpu, CPU_EV_VCPU);
		} else if (want == VCPU_WANT_STOP) {
			v->want = VCPU_WANT_NONE;
		}
	}
}

static const struct cpu *part_dead_cpu(const struct part *p)
{
	for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
		const struct cpu *cpu = p->vcpus[i].cpu;

		if (cpu->state != CPU_IDLE && cpu->state != CPU_GUEST) {
			return cpu;
		}
	}
	return NULL;
}

/* Begin a start: the boot vcpu's CPU does the work. Lock held, all vcpus off. */
static void part_ask_start(struct part *p)
{
	p->state = PART_STARTING;
	p->vcpus[0].want = VCPU_WANT_START;
	cpu_post(p->vcpus[0].cpu, CPU_EV_VCPU);
}

enum err part_start(struct part *p, bool load, uint64_t entry)
{
	const struct cpu *dead;
	enum err e = OK;

	if (!p->is_usable) {
		return ERR_PERM;
	}
	lock_take(&p->lock);
	dead = part_dead_cpu(p);
	if (p->state != PART_STOPPED) {
		e = ERR_STATE;
	} else if (dead != NULL) {
		fmt_print(p->stop_text, sizeof(p->stop_text), "CPU %#" PRIx64 " never came up",
			  dead->hw_id);
		e = ERR_PERM;
	} else {
		p->start_load = load;
		p->start_entry = entry;
		part_ask_start(p);
	}
	lock_drop(&p->lock);
	return e;
}

/* Note who and why. Lock held. */
static void part_note(struct part *p, enum part_reason by, const char *why)
{
	p->stopped_by = (uint8_t)by;
	fmt_print(p->stop_text, sizeof(p->stop_text), "%s", why);
}

/* This CPU sees to it that the vcpus that were asked leave their guest. Lock held. */
static void part_watch(struct part *p)
{
	p->evict_cpu = cpu_self()->index;
	p->evict_at = arch_time_now() + arch_time_hz() / 1000 * PART_EVICT_MS;
	cpu_timer_by(p->evict_at);
}

/* Give back what part_evict() took. Lock held, or nobody else around. */
static void part_readmit(struct part *p)
{
	if (p->is_evicted) {
		arch_gspace_restore(p);
		p->is_evicted = false;
	}
}

/* Lock held, state allows it: all vcpus on or paused are to stop. */
static void part_ask_stop(struct part *p, enum part_reason by, const char *why, bool is_restart)
{
	part_note(p, by, why);
	p->state = PART_STOPPING;
	p->is_restart = is_restart;
	p->was_restarted = is_restart;
	part_ask(p, VCPU_WANT_STOP, true, true);
	if (p->vcpus_left == 0) {
		/* All are off, one was about to be switched on. Somebody has to do the work. */
		p->vcpus[0].want = VCPU_WANT_STOP;
		p->vcpus_left = 1;
		cpu_post(p->vcpus[0].cpu, CPU_EV_VCPU);
	}
	part_watch(p);
}

/* States as bits, for what is allowed when. */
#define PART_IN(state) (1u << (state))
#define PART_IN_LIFE                                                                               \
	(PART_IN(PART_RUNNING) | PART_IN(PART_PAUSING) | PART_IN(PART_PAUSED) |                    \
	 PART_IN(PART_RESUMING))

static bool part_end(struct part *p, enum part_reason by, const char *why, bool is_restart,
		     uint32_t allowed)
{
	bool is_ok;

	lock_take(&p->lock);
	is_ok = (allowed & PART_IN(p->state)) != 0;
	if (is_ok) {
		part_ask_stop(p, by, why, is_restart);
	}
	lock_drop(&p->lock);
	if (is_ok) {
		log_guest(p, "%s: %s", is_restart ? "restart" : "stop", why);
	}
	return is_ok;
}

bool part_end_now(struct part *p, enum part_reason by, const char *why, bool is_restart)
{
	return part_end(p, by, why, is_restart, PART_IN_LIFE);
}

enum err part_stop(struct part *p, enum part_reason by, const char *why)
{
	uint32_t allowed = PART_IN(PART_RUNNING) | PART_IN(PART_PAUSED);

	return part_end(p, by, why, false, allowed) ? OK : ERR_STATE;
}

enum err part_restart(struct part *p, enum part_reason by, const char *why)
{
	return part_end(p, by, why, true, PART_IN(PART_RUNNING)) ? OK : ERR_STATE;
}

/* The state that all vcpus were asked for is reached, unless it is STOPPED. Lock held. */
static void part_reach(struct part *p)
{
	p->evict_at = UINT64_MAX;
	if (p->state == PART_PAUSING) {
		vic_pause(p, true);
		p->state = PART_PAUSED;
	} else if (p->state == PART_RESUMING) {
		p->state = PART_RUNNING;
		/* CPU_ON requests and interrupts that came in meanwhile have been waiting for this.
		 */
		for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
			cpu_post(p->vcpus[i].cpu, CPU_EV_VCPU | CPU_EV_VIRQ);
		}
	}
}

/* No vcpu had to be asked: the only ones that are not off are about to be switched on. Lock held.
 */
static bool part_is_there(struct part *p)
{
	if (p->vcpus_left > 0) {
		return false;
	}
	part_reach(p);
	return true;
}

enum err part_pause(struct part *p)
{
	enum err e = ERR_STATE;
	bool is_done = false;

	lock_take(&p->lock);
	if (p->state == PART_RUNNING) {
		p->state = PART_PAUSING;
		part_ask(p, VCPU_WANT_PAUSE, true, false);
		part_watch(p);
		is_done = part_is_there(p);
		e = OK;
	}
	lock_drop(&p->lock);
	if (is_done) {
		doorbell_event(p, PLAN_EV_STATE_CHANGE);
	}
	return e;
}

enum err part_resume(struct part *p)
{
	enum err e = ERR_STATE;
	bool is_done = false;

	lock_take(&p->lock);
	if (p->state == PART_PAUSED) {
		p->state = PART_RESUMING;
		part_readmit(p);
		vic_pause(p, false);
		part_ask(p, VCPU_WANT_RESUME, false, true);
		is_done = part_is_there(p);
		e = OK;
	}
	lock_drop(&p->lock);
	if (is_done) {
		doorbell_event(p, PLAN_EV_STATE_CHANGE);
	}
	return e;
}

/* ---- on the partition's own CPUs ---------------------------------------------------------- */

/* Its devices fall silent: on return nothing of theirs reaches memory any more. */
static void part_cut(struct part *p)
{
	pci_part_cut(p);
	dma_part_cut(p);
	pci_part_reset(p);
}

/* Everything the guest had is taken from it or forgotten; all its vcpus are off. */
static void part_quiesce(struct part *p)
{
	if (!(p->plan->flags & PLAN_PART_DEFER_DMA_DISABLE)) {
		part_cut(p);
	}
	vic_reset(p);
	bc_reset_part(p);
	errq_clear(p->errq);
}

/* Back to what the first boot found, as far as it is this partition's alone. */
static enum err part_scrub(struct part *p)
{
	for (unsigned int i = 0; i < p->plan->mem_count; i++) {
		const struct plan_mem *m = &p->plan->mems[i];

		if (m->flags & (PLAN_MEM_DEVICE | PLAN_MEM_DMA_ONLY | PLAN_MEM_SHARED)) {
			continue;
		}
		if (gmem_zero(p, m->gpa, m->size) != OK) {
			return ERR_RANGE;
		}
	}
	return OK;
}

static bool part_has_memory(const struct part *p, uint64_t at)
{
	uint64_t n;
	hpa_t host;

	return gmem_lookup(p, gpa(at), &host, &n) == OK;
}

/* Memory, images, guest tree and devices for a start. On failure p->stop_text says why. */
static enum err part_prepare(struct part *p, struct vcpu_entry *entry)
{
	part_readmit(p);
	if (p->plan->flags & PLAN_PART_DEFER_DMA_DISABLE) {
		part_cut(p);
	}
	if (!p->is_usable) {
		return ERR_STATE;
	}
	entry->pc = p->start_entry;
	entry->arg = p->plan->dtb_window.base;
	entry->is_boot = true;
	if (p->start_load) {
		if (p->starts > 0 && part_scrub(p) != OK) {
			fmt_print(p->stop_text, sizeof(p->stop_text),
				  "its memory cannot be cleared");
			return ERR_RANGE;
		}
		if (load_images(p, &entry->pc, p->stop_text, sizeof(p->stop_text)) != OK) {
			return ERR_FORMAT;
		}
	}
	if (!p->start_load && !part_has_memory(p, entry->pc)) {
		fmt_print(p->stop_text, sizeof(p->stop_text),
			  "its entry point %#" PRIx64 " is not memory", entry->pc);
		return ERR_RANGE;
	}
	if (p->plan->initmap_size != 0 && entry->pc - p->plan->initmap_gpa >= p->plan->initmap_size) {
		fmt_print(p->stop_text, sizeof(p->stop_text),
			  "its entry point %#" PRIx64 " is outside the initial map", entry->pc);
		return ERR_RANGE;
	}
	if (gtree_install(p, p->stop_text, sizeof(p->stop_text)) != OK) {
		return ERR_SIZE;
	}
	vic_reset(p);
	bc_begin_part(p);
	dma_part_open(p);
	pci_part_open(p);
	return OK;
}

/* The boot vcpu's CPU, state STARTING: nobody else touches the partition meanwhile. */
static void part_begin(struct vcpu *v)
{
	struct part *p = v->part;
	struct vcpu_entry entry;
	enum err e = part_prepare(p, &entry);

	lock_take(&p->lock);
	v->want = VCPU_WANT_NONE;
	if (e == OK) {
		p->starts++;
		p->state = PART_RUNNING;
		v->entry = entry;
		v->state = VCPU_ON;
	} else {
		p->state = PART_STOPPED;
		p->stopped_by = PART_BY_FAULT;
	}
	lock_drop(&p->lock);
	if (e != OK) {
		log_print(LOG_ERROR, "%s: does not start: %s", p->plan->name, p->stop_text);
		doorbell_event(p, PLAN_EV_RESET_REQUEST);
	}
	doorbell_event(p, PLAN_EV_STATE_CHANGE);
	if (e == OK) {
		arch_vcpu_reset(v, &v->entry);
		vic_vcpu_reset(v);
	}
}

static bool part_is_any_alive(void)
{
	for (unsigned int i = 0; i < part_count; i++) {
		if (parts[i].state != PART_STOPPED) {
			return true;
		}
	}
	return false;
}

/* The last vcpu has stopped; the state stays STOPPING until this is through. No locks. */
static void part_stopped(struct part *p)
{
	bool is_restart = p->is_restart;

	part_quiesce(p);
	lock_take(&p->lock);
	p->is_restart = false;
	if (is_restart) {
		p->start_load = true;
		part_ask_start(p);
	} else {
		p->state = PART_STOPPED;
	}
	lock_drop(&p->lock);
	if (is_restart) {
		return;
	}
	doorbell_event(p, PLAN_EV_STATE_CHANGE);
	if (the_plan->sysreset_on_stop && !part_is_any_alive()) {
		log_print(LOG_INFO, "all partitions have stopped: resetting the system");
		arch_system_reset();
	}
}

/* Lock held: one vcpu less to wait for. True when all have arrived. */
static bool part_arrive(struct part *p)
{
	if (--p->vcpus_left > 0) {
		return false;
	}
	part_reach(p);
	return true;
}

/* A secondary vcpu that was asked to start, in a partition that runs. Lock held. True: it is on. */
static bool part_vcpu_begin(struct vcpu *v)
{
	if (v->part->state != PART_RUNNING) {
		return false;
	}
	v->state = VCPU_ON;
	return true;
}

/* Leave the guest for good, if it was in one. Lock held. */
static void part_vcpu_end(struct vcpu *v)
{
	if (v->state != VCPU_OFF) {
		arch_vcpu_leave(v);
		v->state = VCPU_OFF;
	}
}

void part_vcpu_obey(struct vcpu *v)
{
	struct part *p = v->part;
	enum vcpu_want want;
	bool has_arrived = false;
	bool is_stop;

	lock_take(&p->lock);
	want = v->want;
	if (want == VCPU_WANT_START && p->state == PART_STARTING && v->index == 0) {
		lock_drop(&p->lock);
		part_begin(v);
		return;
	}
	if (want == VCPU_WANT_START && !part_vcpu_begin(v)) {
		want = VCPU_WANT_NONE;
	} else {
		v->want = VCPU_WANT_NONE;
	}
	is_stop = want == VCPU_WANT_STOP;
	if (is_stop) {
		part_vcpu_end(v);
	} else if (want == VCPU_WANT_PAUSE && v->state == VCPU_ON) {
		/* Otherwise it has switched itself off since it was asked. */
		v->state = VCPU_PAUSED;
	} else if (want == VCPU_WANT_RESUME) {
		v->state = VCPU_ON;
	}
	if (is_stop || want == VCPU_WANT_PAUSE || want == VCPU_WANT_RESUME) {
		has_arrived = part_arrive(p);
	}
	lock_drop(&p->lock);
	if (want == VCPU_WANT_START) {
		arch_vcpu_reset(v, &v->entry);
		vic_vcpu_reset(v);
	} else if (has_arrived && is_stop) {
		part_stopped(p);
	} else if (has_arrived) {
		doorbell_event(p, PLAN_EV_STATE_CHANGE);
	}
	if (want == VCPU_WANT_RESUME) {
		vic_sync(v); /* before the guest goes on, whenever the others do */
	}
}

static void part_evict(struct part *p)
{
	uint32_t left = 0;
	bool is_end;

	lock_take(&p->lock);
	is_end = p->state == PART_STOPPING;
	p->evict_at = UINT64_MAX;
	if ((p->state == PART_STOPPING || p->state == PART_PAUSING) && p->vcpus_left > 0) {
		left = p->vcpus_left;
		p->is_evicted = true;
		arch_gspace_revoke(p);
	}
	/* Under the lock nobody arrives: these cannot hit the life that a restart begins. */
	if (left > 0 && is_end) {
		pci_part_cut(p);
		dma_part_cut(p);
	}
	lock_drop(&p->lock);
	if (left > 0) {
		log_print(
		    LOG_WARN,
		    "%s: %u vcpus did not leave the guest; its memory is taken away until they do",
		    p->plan->name, (unsigned int)left);
	}
}

void part_timers(struct cpu *cpu, uint64_t now)
{
	for (unsigned int i = 0; i < part_count; i++) {
		struct part *p = &parts[i];

		if (p->evict_cpu != cpu->index || p->evict_at == UINT64_MAX) {
			continue;
		}
		if (now >= p->evict_at) {
			part_evict(p);
		} else {
			cpu_timer_by(p->evict_at);
		}
	}
}
