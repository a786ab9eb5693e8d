/* SPDX-License-Identifier: BSD-3-Clause */
/* Placing a partition's images: raw, ELF, uImage and arm64 Image, every bound checked first. */
#ifndef HV_LOAD_H
#define HV_LOAD_H

#include "hv/part.h"

/*
 * The boot vcpu's CPU, partition starting: load all images, set *entry to the guest image's entry
 * point and p->initrd_size. On failure `why` is one line and nothing may be entered.
 */
must_check enum err load_images(struct part *p, uint64_t *entry, char *why, size_t why_size);

#endif
