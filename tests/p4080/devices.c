/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which devices the machine has, in one list.
 */
#include "dma.h"
#include "error.h"
#include "machine.h"
#include "mpic.h"
#include "nor.h"
#include "pamu.h"
#include "soc.h"
#include "uart.h"
#include "virtio.h"

bool machine_devices(struct machine *m)
{
	static bool (*const inits[])(struct machine *m) = {
		mpic_init, law_init, ccf_init, error_init, guts_init, rcpm_init, uart_init,
		pamu_init, dma_init, nor_init, virtio_init,
	};

	for (unsigned n = 0; n < ARRAY_COUNT(inits); n++) {
		if (!inits[n](m))
			return false;
	}
	return true;
}
