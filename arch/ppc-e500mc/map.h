/* SPDX-License-Identifier: BSD-3-Clause */
/* Effective addresses of the hypervisor (address space 0) and its share of TLB1. */
#ifndef ARCH_MAP_H
#define ARCH_MAP_H

/* Where the image is linked; loaded at MAP_LOAD or any other 16 MiB boundary plus the same offset. */
#define MAP_IMAGE 0xf0000000
#define MAP_IMAGE_SIZE 0x01000000 /* one 16 MiB chunk of memory holds the image, stacks and arena */
#define MAP_TEXT_OFFSET 0x00100000 /* 1 MiB: text and constants, read and execute */
#define MAP_DATA_OFFSET 0x00400000 /* 2 x 4 MiB: data, stacks, arena, read and write */
#define MAP_DATA_SIZE 0x00800000

#define MAP_WINDOW 0xe0000000
#define MAP_WINDOW_SIZE 0x01000000
#define MAP_DEVICES 0xe8000000
#define MAP_DEVICE_SLOTS 3

/* TLB1: ours first, the rest is lent to the guest of this CPU. */
#define TLB1_TEXT 0
#define TLB1_DATA 1
#define TLB1_DATA_UPPER 2
#define TLB1_WINDOW 3
#define TLB1_DEVICES 4
#define TLB1_GUEST (TLB1_DEVICES + MAP_DEVICE_SLOTS)

#endif
