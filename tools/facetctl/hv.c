/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests to the hypervisor through /dev/fsl-hv. */
/* structures: <linux/fsl_hypervisor.h>; every one begins with the status of the hypercall */
#include "hv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fsl_hypervisor.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEVICE "/dev/fsl-hv"

static int device = -1;

static const char *status_text(uint32_t status)
{
	static const char *const text[] = {
	    "success",		"not permitted",     "no such node or property",
	    "input/output error", "try again",	     "the hypervisor is out of memory",
	    "bad address",	"no such device",    "bad argument",
	    "internal error",	"not configured",    "not in this state",
	    "not implemented",	"value is too long",
	};

	return status < sizeof(text) / sizeof(text[0]) ? text[status] : "unknown error";
}

const char *hv_state_name(uint32_t state)
{
	static const char *const name[] = {
	    "stopped", "running", "starting", "stopping", "pausing", "paused", "resuming",
	};

	return state < sizeof(name) / sizeof(name[0]) ? name[state] : "unknown";
}

bool hv_open(void)
{
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		fprintf(stderr, "facetctl: " DEVICE ": %s\n", strerror(errno));
	}
	return device >= 0;
}

/* `status` is the first word of the request's structure. */
static bool request(const char *what, unsigned long number, void *arg, const uint32_t *status)
{
	if (ioctl(device, number, arg) < 0) {
		fprintf(stderr, "facetctl: %s: %s\n", what, strerror(errno));
		return false;
	}
	if (*status) {
		fprintf(stderr, "facetctl: %s: %s (%u)\n", what, status_text(*status), *status);
	}
	return *status == 0;
}

bool hv_status(uint32_t part, uint32_t *state)
{
	struct fsl_hv_ioctl_status arg = {.partition = part};

	if (!request("status", FSL_HV_IOCTL_PARTITION_GET_STATUS, &arg, &arg.ret)) {
		return false;
	}
	*state = arg.status;
	return true;
}

bool hv_start(uint32_t part, uint32_t entry, bool load)
{
	struct fsl_hv_ioctl_start arg = {.partition = part, .entry_point = entry, .load = load};

	return request("start", FSL_HV_IOCTL_PARTITION_START, &arg, &arg.ret);
}

bool hv_stop(uint32_t part)
{
	struct fsl_hv_ioctl_stop arg = {.partition = part};

	return request("stop", FSL_HV_IOCTL_PARTITION_STOP, &arg, &arg.ret);
}

bool hv_restart(uint32_t part)
{
	struct fsl_hv_ioctl_restart arg = {.partition = part};

	return request("restart", FSL_HV_IOCTL_PARTITION_RESTART, &arg, &arg.ret);
}

bool hv_doorbell(uint32_t handle)
{
	struct fsl_hv_ioctl_doorbell arg = {.doorbell = handle};

	return request("doorbell", FSL_HV_IOCTL_DOORBELL, &arg, &arg.ret);
}

bool hv_copy(uint32_t part, uint64_t to, const void *from, size_t size)
{
	struct fsl_hv_ioctl_memcpy arg = {
	    .source = HV_SELF,
	    .target = part,
	    .local_vaddr = (uintptr_t)from,
	    .remote_paddr = to,
	    .count = size,
	};

	return request("copy", FSL_HV_IOCTL_MEMCPY, &arg, &arg.ret);
}

bool hv_getprop(uint32_t part, const char *node, const char *name, void *value, uint32_t *n)
{
	struct fsl_hv_ioctl_prop arg = {
	    .handle = part,
	    .path = (uintptr_t)node,
	    .propname = (uintptr_t)name,
	    .propval = (uintptr_t)value,
	    .proplen = *n,
	};

	if (!request("getprop", FSL_HV_IOCTL_GETPROP, &arg, &arg.ret)) {
		return false;
	}
	*n = arg.proplen;
	return true;
}

bool hv_setprop(uint32_t part, const char *node, const char *name, const void *value, uint32_t n)
{
	struct fsl_hv_ioctl_prop arg = {
	    .handle = part,
	    .path = (uintptr_t)node,
	    .propname = (uintptr_t)name,
	    .propval = (uintptr_t)value,
	    .proplen = n,
	};

	return request("setprop", FSL_HV_IOCTL_SETPROP, &arg, &arg.ret);
}
