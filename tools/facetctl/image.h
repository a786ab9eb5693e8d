/* SPDX-License-Identifier: BSD-3-Clause */
/* Puts an image into another partition's memory. */
/* host program for powerpc Linux */
#ifndef FACETCTL_IMAGE_H
#define FACETCTL_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * An ELF goes where its program headers say, moved by `to`; anything else to `to` as it is. *entry is where
 * to start. False: not all was copied, and stderr says why.
 */
bool image_load(uint32_t part, const char *path, uint64_t to, uint64_t *entry);

#endif
