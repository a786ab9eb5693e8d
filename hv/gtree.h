/* SPDX-License-Identifier: BSD-3-Clause */
/* A partition's guest tree at run time: edited by managers, installed at each start. */
/* any CPU */
#ifndef HV_GTREE_H
#define HV_GTREE_H

#include "hv/part.h"

/* Boot CPU: make room for edits. */
must_check enum err gtree_open(struct part *p);
/* Bring it up to date and write it to the guest's window. On failure `why` says what is wrong. */
must_check enum err gtree_install(struct part *p, char *why, size_t why_size);

/*
 * One property by the full path of its node. get: *len is the room and becomes the length; ERR_NONE,
 * or ERR_SIZE when it does not fit (nothing is copied). set: creates nodes; ERR_FULL.
 */
must_check enum err gtree_get(struct part *p, const char *path, const char *name, void *value,
			      uint32_t *len);
must_check enum err gtree_set(struct part *p, const char *path, const char *name, const void *value,
			      uint32_t len);

#endif
