/* SPDX-License-Identifier: BSD-3-Clause */
/* Handles by name, from the device tree of the running Linux. */
/* host program for powerpc Linux */
#ifndef FACETCTL_NAMES_H
#define FACETCTL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#define NAME_SIZE 128

/* A node of /hypervisor/handles that can be called. */
struct name {
	char node[NAME_SIZE];  /* path below handles, for example "bare" or "bare/shutdown" */
	char label[NAME_SIZE]; /* name of the managed partition, or empty */
	uint32_t handle;
};

#define NAME_PARTITION "fsl,hv-partition-handle"
#define NAME_DOORBELL "epapr,hv-send-doorbell"

/* The n-th node (from 0, in the folder's order) compatible with this; false: there are fewer. */
bool name_nth(const char *compatible, unsigned int n, struct name *found);
/* Text is a number, a node's path or a label; says on stderr what is there when nothing fits. */
bool name_handle(const char *compatible, const char *text, uint32_t *handle);

#endif
