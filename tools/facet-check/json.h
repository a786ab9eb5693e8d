/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings and ownership for other programs. */
/* host */
#ifndef TOOLS_FACET_CHECK_JSON_H
#define TOOLS_FACET_CHECK_JSON_H

#include "tools/facet-check/report.h"

/* One JSON object: findings, partitions, cpus, memory, devices, channels. */
void json_print(const struct desk *desk, FILE *out);

#endif
