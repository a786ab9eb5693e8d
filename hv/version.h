/* SPDX-License-Identifier: BSD-3-Clause */
/* What this is. */
/* pure */
#ifndef HV_VERSION_H
#define HV_VERSION_H

#define FACET_VERSION "0.1"

#endif
