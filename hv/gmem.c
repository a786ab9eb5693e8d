/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypervisor's copies to and from guest-physical memory, bounded by the partition's plan. */
/* any CPU */
#include <string.h>

#include "hv/cpu.h"
#include "hv/part.h"

#define GMEM_BOUNCE 2048u

/* One view of host memory at a time (arch_hmem), so copies between two places go through here. */
static uint8_t gmem_bounce[MAX_CPUS][GMEM_BOUNCE] __attribute__((noinit)) aligned_to(64);

enum {
	GMEM_READ = 0,
	GMEM_WRITE = 1, /* the guest must be allowed to write there itself */
	GMEM_SYNC = 2,	/* for instruction fetch, and for a guest with caches off */
};

/* The area of RAM that holds a guest-physical address, or NULL. */
static const struct plan_mem *gmem_find(const struct part *p, gpa_t g_at)
{
	unsigned int lo = 0;
	unsigned int hi = p->plan->mem_count;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;
		const struct plan_mem *m = &p->plan->mems[mid];

		if (gpa_raw(g_at) < gpa_raw(m->gpa)) {
			hi = mid;
		} else if (gpa_raw(g_at) - gpa_raw(m->gpa) >= m->size) {
			lo = mid + 1;
		} else {
			return m->flags & (PLAN_MEM_DEVICE | PLAN_MEM_DMA_ONLY) ? NULL : m;
		}
	}
	return NULL;
}

enum err gmem_lookup(const struct part *p, gpa_t g_at, hpa_t *at, uint64_t *n)
{
	const struct plan_mem *m = gmem_find(p, g_at);
	uint64_t off;

	if (m == NULL) {
		return ERR_RANGE;
	}
	off = gpa_raw(g_at) - gpa_raw(m->gpa);
	*at = hpa(hpa_raw(m->hpa) + off);
	*n = m->size - off;
	return OK;
}

/* A view of guest memory for at least one byte, at most *n. NULL: not backed, or not writable. */
static void *gmem_view(const struct part *p, gpa_t g_at, uint64_t *n, unsigned int how)
{
	const struct plan_mem *m = gmem_find(p, g_at);
	uint64_t off;

	if (m == NULL || ((how & GMEM_WRITE) && !(m->flags & PLAN_MEM_W))) {
		return NULL;
	}
	off = gpa_raw(g_at) - gpa_raw(m->gpa);
	if (*n > m->size - off) {
		*n = m->size - off;
	}
	return arch_hmem(hpa(hpa_raw(m->hpa) + off), n);
}

enum err gmem_read(const struct part *p, gpa_t g_at, void *to, uint64_t n)
{
	uint8_t *out = to;

	while (n > 0) {
		uint64_t some = n;
		const void *view = gmem_view(p, g_at, &some, GMEM_READ);

		if (view == NULL) {
			return ERR_RANGE;
		}
		memcpy(out, view, some);
		out += some;
		g_at = gpa(gpa_raw(g_at) + some);
		n -= some;
	}
	return OK;
}

static enum err gmem_put(struct part *p, gpa_t g_at, const uint8_t *from, uint64_t n,
			 unsigned int how)
{
	while (n > 0) {
		uint64_t some = n;
		uint8_t *view = gmem_view(p, g_at, &some, how);

		if (view == NULL) {
			return ERR_RANGE;
		}
		if (from != NULL) {
			memcpy(view, from, some);
			from += some;
		} else {
			memset(view, 0, some);
		}
		if (how & GMEM_SYNC) {
			arch_cache_sync(view, some);
		}
		g_at = gpa(gpa_raw(g_at) + some);
		n -= some;
	}
	return OK;
}

enum err gmem_write(struct part *p, gpa_t g_at, const void *from, uint64_t n)
{
	return gmem_put(p, g_at, from, n, GMEM_WRITE);
}

enum err gmem_write_code(struct part *p, gpa_t g_at, const void *from, uint64_t n)
{
	return gmem_put(p, g_at, from, n, GMEM_WRITE | GMEM_SYNC);
}

enum err gmem_install(struct part *p, gpa_t g_at, const void *from, uint64_t n)
{
	return gmem_put(p, g_at, from, n, GMEM_SYNC);
}

enum err gmem_zero(struct part *p, gpa_t g_at, uint64_t n)
{
	return gmem_put(p, g_at, NULL, n, GMEM_SYNC);
}

enum err hmem_read(hpa_t from, void *to, uint64_t n)
{
	uint8_t *out = to;

	while (n > 0) {
		uint64_t some = n;
		const void *view = arch_hmem(from, &some);

		if (view == NULL || some == 0) {
			return ERR_RANGE;
		}
		memcpy(out, view, some);
		out += some;
		from = hpa(hpa_raw(from) + some);
		n -= some;
	}
	return OK;
}

enum err gmem_copy(struct part *to, gpa_t g_to, const struct part *from, gpa_t g_from, uint64_t n)
{
	uint8_t *bounce = gmem_bounce[cpu_self()->index];

	while (n > 0) {
		uint64_t some = n < GMEM_BOUNCE ? n : GMEM_BOUNCE;

		if (gmem_read(from, g_from, bounce, some) != OK ||
		    gmem_write_code(to, g_to, bounce, some) != OK) {
			return ERR_RANGE;
		}
		g_from = gpa(gpa_raw(g_from) + some);
		g_to = gpa(gpa_raw(g_to) + some);
		n -= some;
	}
	return OK;
}

enum err hmem_zero(hpa_t at, uint64_t n)
{
	while (n > 0) {
		uint64_t some = n;
		void *view = arch_hmem(at, &some);

		if (view == NULL || some == 0) {
			return ERR_RANGE;
		}
		memset(view, 0, some);
		arch_cache_sync(view, some);
		at = hpa(hpa_raw(at) + some);
		n -= some;
	}
	return OK;
}

/* A view of an image's bytes that outlives a view of guest memory. NULL: there is no such memory. */
static const uint8_t *gmem_source(hpa_t from, uint64_t *n)
{
	uint8_t *bounce = gmem_bounce[cpu_self()->index];

	if (ARCH_HMEM_VIEWS > 1) {
		const uint8_t *view = arch_hmem(from, n);

		return *n > 0 ? view : NULL;
	}
	*n = *n < GMEM_BOUNCE ? *n : GMEM_BOUNCE;
	return hmem_read(from, bounce, *n) == OK ? bounce : NULL;
}

enum err gmem_load(struct part *p, gpa_t g_at, hpa_t from, uint64_t n)
{
	while (n > 0) {
		uint64_t some = n;
		const uint8_t *view = gmem_source(from, &some);

		if (view == NULL || gmem_put(p, g_at, view, some, GMEM_SYNC) != OK) {
			return ERR_RANGE;
		}
		from = hpa(hpa_raw(from) + some);
		g_at = gpa(gpa_raw(g_at) + some);
		n -= some;
	}
	return OK;
}
