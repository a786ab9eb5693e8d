/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls that move guest memory: properties of guest trees, copies between partitions. */
/* trap context: own CPU, guest stopped at a hypercall */
#include <string.h>

#include "hv/cpu.h"
#include "hv/gtree.h"
#include "hv/hcall.h"

#define HC_STRING 4096u
#define HC_VALUE 32768u

/* Working space of the property calls, one at a time. */
static char hc_path[HC_STRING] __attribute__((noinit));
static char hc_name[HC_STRING] __attribute__((noinit));
static uint8_t hc_value[HC_VALUE] __attribute__((noinit));
static struct lock hc_prop_lock = LOCK_INIT(LOCK_PROP, "property call");

/* A string of the caller. HC_EFAULT: not memory; HC_EINVAL: no end within HC_STRING bytes. */
static enum hc_status hc_string(const struct part *p, uint64_t g_at, char *to)
{
	uint32_t n = 0;

	while (n < HC_STRING) {
		uint32_t some = 64 - (uint32_t)((g_at + n) & 63);

		some = some < HC_STRING - n ? some : HC_STRING - n;
		if (gmem_read(p, gpa(g_at + n), to + n, some) != OK) {
			return HC_EFAULT;
		}
		if (memchr(to + n, 0, some) != NULL) {
			return HC_OK;
		}
		n += some;
	}
	return HC_EINVAL;
}

struct hc_prop {
	struct part *target;
	uint64_t g_value;
	uint32_t len;
};

/* In: partition, path, name, value (all wide), length. Property lock held. */
static enum hc_status hc_prop_decode(const struct vcpu *v, struct hc_prop *prop)
{
	uint64_t g_len = hc_arg(v, 1 + 3 * HC_WIDE);
	enum hc_status status;

	prop->target = hc_partition(v, hc_arg(v, 0));
	prop->g_value = hc_wide(v, 1 + 2 * HC_WIDE);
	if (prop->target == NULL || !prop->target->is_usable || g_len > HC_VALUE) {
		return HC_EINVAL;
	}
	prop->len = (uint32_t)g_len;
	if (prop->target->state == PART_STARTING) {
		return HC_INVALID_STATE;
	}
	status = hc_string(v->part, hc_wide(v, 1), hc_path);
	if (status == HC_OK) {
		status = hc_string(v->part, hc_wide(v, 1 + HC_WIDE), hc_name);
	}
	return status;
}

static enum hc_status hc_prop_get(struct vcpu *v, const struct hc_prop *prop)
{
	uint32_t len = prop->len;
	enum err e = gtree_get(prop->target, hc_path, hc_name, hc_value, &len);

	if (e == ERR_NONE) {
		return HC_ENOENT;
	}
	if (e == OK && gmem_write(v->part, gpa(prop->g_value), hc_value, len) != OK) {
		return HC_EFAULT;
	}
	hc_result(v, 0, len);
	return e == OK ? HC_OK : HC_BUFFER_OVERFLOW;
}

enum hc_status hc_get_dtprop(struct vcpu *v)
{
	struct hc_prop prop;
	enum hc_status status;

	lock_take(&hc_prop_lock);
	status = hc_prop_decode(v, &prop);
	if (status == HC_OK) {
		status = hc_prop_get(v, &prop);
	}
	lock_drop(&hc_prop_lock);
	return status;
}

static enum hc_status hc_prop_set(const struct vcpu *v, const struct hc_prop *prop)
{
	if (gmem_read(v->part, gpa(prop->g_value), hc_value, prop->len) != OK) {
		return HC_EFAULT;
	}
	switch (gtree_set(prop->target, hc_path, hc_name, hc_value, prop->len)) {
	case OK:
		return HC_OK;
	case ERR_NONE:
		return HC_EINVAL;
	default:
		return HC_ENOMEM;
	}
}

enum hc_status hc_set_dtprop(struct vcpu *v)
{
	struct hc_prop prop;
	enum hc_status status;

	lock_take(&hc_prop_lock);
	status = hc_prop_decode(v, &prop);
	if (status == HC_OK) {
		status = hc_prop_set(v, &prop);
	}
	lock_drop(&hc_prop_lock);
	return status;
}

/* One entry of a copy list, in the CPU's byte order. */
struct hc_copy {
	uint64_t g_from;
	uint64_t g_to;
	uint64_t g_size;
	uint64_t reserved;
};

/* Bytes between two looks at posted events: a stop or pause does not wait for a long copy. */
#define HC_COPY_STEP KIB(64)

static enum hc_status hc_copy_one(struct vcpu *v, const struct part *from, struct part *to,
				  const struct hc_copy *g)
{
	uint64_t done = 0;

	do { /* an entry of nothing is a step too: there may be millions of them */
		uint64_t some = g->g_size - done < HC_COPY_STEP ? g->g_size - done : HC_COPY_STEP;

		if (some != 0 && gmem_copy(to, gpa(g->g_to + done), from, gpa(g->g_from + done), some) != OK) {
			return HC_EFAULT;
		}
		done += some;
		if (v->cpu->events != 0) {
			trap_exit(v, TRAP_SKIP);
		}
	} while (done < g->g_size);
	return HC_OK;
}

/* In: source, target, list (32-bit registers: low word first), count of entries. */
enum hc_status hc_memcpy(struct vcpu *v)
{
	const struct part *from = hc_partition(v, hc_arg(v, 0));
	struct part *to = hc_partition(v, hc_arg(v, 1));
	uint64_t g_list = HC_WIDE == 1 ? hc_arg(v, 2) : hc_arg(v, 3) << 32 | (uint32_t)hc_arg(v, 2);
	uint32_t g_count = (uint32_t)hc_arg(v, 2 + HC_WIDE);

	if (from == NULL || to == NULL || !from->is_usable || !to->is_usable) {
		return HC_EINVAL;
	}
	for (uint32_t i = 0; i < g_count; i++) {
		struct hc_copy g;
		enum hc_status status;

		if (gmem_read(v->part, gpa(g_list + i * sizeof(g)), &g, sizeof(g)) != OK) {
			return HC_EFAULT;
		}
		status = hc_copy_one(v, from, to, &g);
		if (status != HC_OK) {
			return status;
		}
	}
	return HC_OK;
}
