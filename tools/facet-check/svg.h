/* SPDX-License-Identifier: BSD-3-Clause */
/* The layout as a picture: memory to scale, CPUs, devices, channels. */
/* host */
#ifndef TOOLS_FACET_CHECK_SVG_H
#define TOOLS_FACET_CHECK_SVG_H

#include "tools/facet-check/report.h"

void svg_draw(const struct desk *desk, FILE *out);

#endif
