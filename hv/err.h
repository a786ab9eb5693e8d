/* SPDX-License-Identifier: BSD-3-Clause */
/* Internal results and guest-visible status codes: two enums, converted in hcall.c only. */
/* pure */
#ifndef HV_ERR_H
#define HV_ERR_H

/* Internal results. Functions that can fail return one, marked must_check. */
enum err {
	OK = 0,
	ERR_RANGE,   /* address or index outside what the object covers */
	ERR_STATE,   /* the object is not in a state that allows it */
	ERR_FULL,    /* no room now */
	ERR_EMPTY,   /* nothing there now */
	ERR_NONE,    /* no such object */
	ERR_PERM,    /* the caller may not */
	ERR_FORMAT,  /* data is not what it claims to be */
	ERR_TIMEOUT, /* bounded wait ran out */
	ERR_SIZE,    /* does not fit */
	ERR_UNSUPPORTED,
};

/* ePAPR 1.1 / Topaz status codes, returned in r3 (ppc) or x0 (arm64). */
enum hc_status {
	HC_OK = 0,
	HC_EPERM = 1,
	HC_ENOENT = 2,
	HC_EIO = 3,
	HC_EAGAIN = 4,
	HC_ENOMEM = 5,
	HC_EFAULT = 6,
	HC_ENODEV = 7,
	HC_EINVAL = 8,
	HC_INTERNAL = 9,
	HC_CONFIG = 10,
	HC_INVALID_STATE = 11,
	HC_UNIMPLEMENTED = 12,
	HC_BUFFER_OVERFLOW = 13,
};

#endif
