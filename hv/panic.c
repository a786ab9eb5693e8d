/* SPDX-License-Identifier: BSD-3-Clause */
/* Panic: say what happened by polled output, park every CPU. */
/* any CPU, any lock */
#include "hv/panic.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/part.h"

static uint32_t panic_taken;

void crumb(char stage)
{
	struct cpu *cpu = cpu_self();

	cpu->crumbs = cpu->crumbs << 8 | (uint8_t)stage;
}

static void panic_line(const char *line)
{
	console_polled(line);
	console_polled("\n");
}

static void panic_cpu(const struct cpu *cpu, bool is_self)
{
	char line[120];
	char crumbs[5];

	for (unsigned int i = 0; i < 4; i++) {
		char c = (char)(cpu->crumbs >> (24 - 8 * i));

		crumbs[i] = c > ' ' && c <= '~' ? c : '.';
	}
	crumbs[4] = 0;
	fmt_print(line, sizeof(line), "  CPU %u%s: state %u, locks %x, events %x, crumbs %s, %s",
		  (unsigned int)cpu->index, is_self ? " (this one)" : "", (unsigned int)cpu->state,
		  (unsigned int)cpu->locks_held, (unsigned int)cpu->events, crumbs,
		  cpu->vcpu ? cpu->vcpu->part->plan->name : "no partition");
	panic_line(line);
}

/* Only the first CPU gets to speak. */
static void panic_begin(const char *text)
{
	if (__atomic_exchange_n(&panic_taken, 1, __ATOMIC_ACQ_REL) != 0) {
		arch_cpu_park();
	}
	console_polled("\nPANIC: ");
	panic_line(text);
}

static noreturn_fn void panic_end(void)
{
	struct cpu *self = cpu_self();

	for (unsigned int i = 0; i < cpu_count; i++) {
		if (&cpus[i] != self && cpus[i].state != CPU_ABSENT) {
			cpu_post(&cpus[i], CPU_EV_PARK);
		}
	}
	self->state = CPU_PARKED;
	arch_cpu_park();
}

void panic_plain(const char *text)
{
	panic_begin(text);
	panic_end();
}

static noreturn_fn void panic_text(const char *text)
{
	struct cpu *self = cpu_self();

	panic_begin(text);
	for (unsigned int i = 0; i < cpu_count; i++) {
		panic_cpu(&cpus[i], &cpus[i] == self);
	}
	if (self->vcpu != NULL && self->state == CPU_GUEST) {
		arch_vcpu_dump(self->vcpu, panic_line);
	}
	panic_line("  last log lines:");
	log_tail(panic_line, 30);
	panic_end();
}

void panic(const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(text, sizeof(text), fmt, ap);
	va_end(ap);
	panic_text(text);
}

void panic_assert(const char *what, const char *file, int line)
{
	panic("%s:%d: this must hold: %s", file, line, what);
}
