/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypervisor as Linux's fsl-hv driver shows it. */
/* host program for powerpc Linux; every function returns true, or tells why on stderr */
#ifndef FACETCTL_HV_H
#define FACETCTL_HV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HV_SELF 0xffffffffu
#define HV_VALUE_MAX 32768u /* longest property value of the hypercall, bytes */

/* The name of a partition state (FH_PARTITION_GET_STATUS). */
const char *hv_state_name(uint32_t state);

bool hv_open(void);
bool hv_status(uint32_t part, uint32_t *state);
/* load: the hypervisor loads the images of the layout first and enters where they say. */
bool hv_start(uint32_t part, uint32_t entry, bool load);
bool hv_stop(uint32_t part);
bool hv_restart(uint32_t part);
bool hv_doorbell(uint32_t handle);
/* To guest-physical `to` of another partition. */
bool hv_copy(uint32_t part, uint64_t to, const void *from, size_t size);
/* *n: room for the value, then its length. */
bool hv_getprop(uint32_t part, const char *node, const char *name, void *value, uint32_t *n);
bool hv_setprop(uint32_t part, const char *node, const char *name, const void *value, uint32_t n);

#endif
