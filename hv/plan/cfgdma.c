/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: DMA windows of the streams that partitions own. */
/* pure */
#include "hv/plan/ctx.h"

enum err cfgdma_scan(struct ctx *c)
{
	(void)c;
	return OK;
}
