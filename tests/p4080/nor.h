/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NOR flash on the local bus: 128 MB at 0xF_E800_0000, read-only.
 */
#ifndef P4080_NOR_H
#define P4080_NOR_H

#include "machine.h"

bool nor_init(struct machine *m);
/* Put a file's bytes at an offset of the flash; false when it does not fit. */
bool nor_program(struct machine *m, uint32_t off, const uint8_t *data, size_t size);

#endif
