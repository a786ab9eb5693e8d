/* SPDX-License-Identifier: BSD-3-Clause */
/* The log ring: text lines with a time, oldest overwritten first. */
/* any CPU; any lock below LOCK_LOG */
#include <string.h>

#include "hv/log.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/lock.h"
#include "hv/part.h"

#define LOG_RING 16384u
#define LOG_LINE 200u
#define LOG_PER_SECOND 10
#define LOG_PER_LIFE 100

uint8_t log_level = LOG_INFO;

static char log_ring[LOG_RING] __attribute__((noinit));
static uintptr_t
    log_tail_at; /* everything ever written ends here; a word, so that readers need no lock */
static struct lock log_lock = LOCK_INIT(LOCK_LOG, "log");

static void log_store(const char *line, size_t n)
{
	lock_take(&log_lock);
	for (size_t i = 0; i < n; i++) {
		log_ring[(log_tail_at + i) % LOG_RING] = line[i];
	}
	__atomic_store_n(&log_tail_at, log_tail_at + n, __ATOMIC_RELEASE);
	lock_drop(&log_lock);
	console_notify();
}

static void log_vprint(enum log_level level, const char *name, const char *fmt, va_list ap)
{
	static const char *const marks[] = {"ERROR ", "warning: ", "", ""};
	uint64_t hz = arch_time_hz() != 0 ? arch_time_hz() : 1;
	uint64_t now = arch_time_now();
	char line[LOG_LINE];
	size_t n;

	n = fmt_print(line, sizeof(line) - 1, "[%5u.%03u] %s%s%s", (unsigned int)(now / hz),
		      (unsigned int)(now % hz * 1000 / hz), marks[level], name, *name ? ": " : "");
	n += fmt_vprint(line + n, sizeof(line) - 1 - n, fmt, ap);
	line[n++] = '\n';
	line[n] = 0;
	log_store(line, n);
}

void log_print(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	if (level > log_level) {
		return;
	}
	va_start(ap, fmt);
	log_vprint(level, "", fmt, ap);
	va_end(ap);
}

void log_line(const char *line)
{
	log_store(line, strlen(line));
	log_store("\n", 1);
}

bool log_limit_ok(struct log_limit *l, uint64_t now, uint64_t hz)
{
	if (now - l->second >= hz) {
		l->second = now;
		l->in_second = 0;
	}
	if (l->in_second >= LOG_PER_SECOND || l->shown >= LOG_PER_LIFE) {
		l->hidden++;
		l->hidden_all++;
		return false;
	}
	l->in_second++;
	l->shown++;
	return true;
}

/*
 * The quick no, without a lock: a storm costs its own CPU a few instructions a line, and nobody
 * else anything. Two CPUs of one partition may race here; then a line more or less is counted.
 */
bool log_guest_muted(struct log_limit *l)
{
	if (l->shown < LOG_PER_LIFE &&
	    (l->in_second < LOG_PER_SECOND || arch_time_now() - l->second >= arch_time_hz())) {
		return false;
	}
	l->hidden++;
	l->hidden_all++;
	return true;
}

void log_guest(struct part *p, const char *fmt, ...)
{
	struct log_limit *l = p->limit;
	uint32_t hidden;
	bool is_last;
	va_list ap;

	if (log_guest_muted(l)) {
		return;
	}
	lock_take(&log_lock);
	hidden = l->hidden;
	if (!log_limit_ok(l, arch_time_now(), arch_time_hz())) {
		lock_drop(&log_lock);
		return;
	}
	l->hidden = 0;
	is_last = l->shown == LOG_PER_LIFE;
	lock_drop(&log_lock);
	if (hidden != 0) {
		log_print(LOG_INFO, "%s: %u similar lines were not shown", p->plan->name,
			  (unsigned int)hidden);
	}
	va_start(ap, fmt);
	log_vprint(LOG_INFO, p->plan->name, fmt, ap);
	va_end(ap);
	if (is_last) {
		log_print(LOG_INFO, "%s: from here on such lines are only counted", p->plan->name);
	}
}

uint64_t log_end(void)
{
	return __atomic_load_n(&log_tail_at, __ATOMIC_ACQUIRE);
}

uint64_t log_begin(void)
{
	uint64_t end = log_end();

	return end > LOG_RING ? end - LOG_RING : 0;
}

unsigned int log_read(uint64_t *cursor, char *buf, unsigned int n)
{
	unsigned int got = 0;

	lock_take(&log_lock);
	if (*cursor < log_begin()) {
		*cursor = log_begin();
	}
	while (got < n && *cursor != log_tail_at) {
		buf[got++] = log_ring[(*cursor)++ % LOG_RING];
	}
	lock_drop(&log_lock);
	return got;
}

void log_tail(void (*emit)(const char *line), unsigned int lines)
{
	uint64_t end = log_end();
	uint64_t at = end;
	char line[LOG_LINE];
	size_t n = 0;

	/* Back to the start of the wanted number of lines: their ends are one more than the lines.
	 */
	while (at > log_begin() && lines > 0) {
		at--;
		if (at != end - 1 && log_ring[at % LOG_RING] == '\n' && --lines == 0) {
			at++;
		}
	}
	for (; at < end; at++) {
		char c = log_ring[at % LOG_RING];

		if (c == '\n') {
			line[n] = 0;
			emit(line);
			n = 0;
		} else if (n < sizeof(line) - 1) {
			line[n++] = c;
		}
	}
}
