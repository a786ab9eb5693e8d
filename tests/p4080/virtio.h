/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A block device with the virtio-mmio face, mastering the bus behind PAMU 1 with a LIODN.
 * Not a P4080 part: it exists so that DMA engines are not the only masters isolation is tested with.
 */
#ifndef P4080_VIRTIO_H
#define P4080_VIRTIO_H

#include "machine.h"

#define VIRTIO_CCSR 0x1f0000u
#define VIRTIO_IRQ 60
#define VIRTIO_LIODN 200

bool virtio_init(struct machine *m);
/* Contents of the disk (a private copy); false when the file cannot be read. */
bool virtio_disk(struct machine *m, const char *path);

#endif
