/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypercalls by name, and how the tree tells a program its handles. */
/* any CPU */
#include "kit/kit.h"

#include "facet/hcall.h"

#include <libfdt.h>
#include <string.h>

bool hv_present(void)
{
	return fdt_node_offset_by_compatible(fdt, -1, "epapr,hypervisor-1") >= 0;
}

uint32_t hv_handle(const char *compatible, unsigned int n)
{
	int node = fdt_node_compatible_n(compatible, n);

	return node < 0 ? 0 : fdt_node_u32(node, "hv-handle", 0);
}

int hv_node(const char *name)
{
	int handles = fdt_path_offset(fdt, "/hypervisor/handles");

	return handles < 0 ? handles : fdt_subnode_offset(fdt, handles, name);
}

unsigned int chan_send(uint32_t handle, const void *bytes, unsigned int n)
{
	struct hcall_regs io = {.r = {[1] = handle, [2] = n < 16 ? n : 16}};

	hcall_pack(&io.r[3], bytes, (unsigned int)io.r[2]);
	return hcall(HCALL_VENDOR_EPAPR, EV_BYTE_CHANNEL_SEND, &io) == 0 ? (unsigned int)io.r[1]
									 : 0;
}

unsigned int chan_receive(uint32_t handle, void *bytes, unsigned int n)
{
	struct hcall_regs io = {.r = {[1] = handle, [2] = n < 16 ? n : 16}};

	if (hcall(HCALL_VENDOR_EPAPR, EV_BYTE_CHANNEL_RECEIVE, &io) != 0 || io.r[1] > n) {
		return 0;
	}
	hcall_unpack(bytes, &io.r[2], (unsigned int)io.r[1]);
	return (unsigned int)io.r[1];
}

uint64_t chan_poll(uint32_t handle, unsigned int *readable, unsigned int *room)
{
	struct hcall_regs io = {.r = {[1] = handle}};
	uint64_t status = hcall(HCALL_VENDOR_EPAPR, EV_BYTE_CHANNEL_POLL, &io);

	*readable = (unsigned int)io.r[1];
	*room = (unsigned int)io.r[2];
	return status;
}

uint64_t doorbell_send(uint32_t handle)
{
	struct hcall_regs io = {.r = {[1] = handle}};

	return hcall(HCALL_VENDOR_EPAPR, EV_DOORBELL_SEND, &io);
}

uint64_t part_status(uint32_t handle, uint32_t *state)
{
	struct hcall_regs io = {.r = {[1] = handle}};
	uint64_t status = hcall(HCALL_VENDOR_FSL, FH_PARTITION_GET_STATUS, &io);

	*state = (uint32_t)io.r[1];
	return status;
}

uint64_t part_start(uint32_t handle, uint64_t entry, bool load)
{
	struct hcall_regs io = {.r = {[1] = handle, [2] = entry, [3] = load}};

	return hcall(HCALL_VENDOR_FSL, FH_PARTITION_START, &io);
}

uint64_t part_stop(uint32_t handle)
{
	struct hcall_regs io = {.r = {[1] = handle}};

	return hcall(HCALL_VENDOR_FSL, FH_PARTITION_STOP, &io);
}

uint64_t part_restart(uint32_t handle)
{
	struct hcall_regs io = {.r = {[1] = handle}};

	return hcall(HCALL_VENDOR_FSL, FH_PARTITION_RESTART, &io);
}

/* An address from argument `at` on: one register, or two of 32 bits, the high word first. */
static unsigned int arg_addr(struct hcall_regs *io, unsigned int at, const void *p)
{
	if (sizeof(p) < 8) {
		io->r[at++] = 0;
	}
	io->r[at++] = (uintptr_t)p;
	return at;
}

/* The list's address is the one with the low word first. */
uint64_t part_memcpy(uint32_t from, uint32_t to, const struct part_copy *list, unsigned int count)
{
	struct hcall_regs io = {.r = {[1] = from, [2] = to, [3] = (uintptr_t)list}};

	io.r[sizeof(list) < 8 ? 5 : 4] = count;
	return hcall(HCALL_VENDOR_FSL, FH_PARTITION_MEMCPY, &io);
}

uint64_t part_getprop(uint32_t handle, const char *path, const char *name, void *value, uint32_t *n)
{
	struct hcall_regs io = {.r = {[1] = handle}};
	uint64_t status;

	io.r[arg_addr(&io, arg_addr(&io, arg_addr(&io, 2, path), name), value)] = *n;
	status = hcall(HCALL_VENDOR_FSL, FH_PARTITION_GET_DTPROP, &io);
	*n = (uint32_t)io.r[1];
	return status;
}

uint64_t part_setprop(uint32_t handle, const char *path, const char *name, const void *value,
		      uint32_t n)
{
	struct hcall_regs io = {.r = {[1] = handle}};

	io.r[arg_addr(&io, arg_addr(&io, arg_addr(&io, 2, path), name), value)] = n;
	return hcall(HCALL_VENDOR_FSL, FH_PARTITION_SET_DTPROP, &io);
}
