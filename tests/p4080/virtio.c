/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * virtio-mmio version 2 with one block queue (Virtual I/O Device specification 1.1, 2.6, 4.2, 5.2).
 * Registers and structures are little-endian; the bus is big-endian: every register is swapped.
 * One register beyond the standard ones, at 0x1f0: the LIODN, which firmware sets.
 */
#include "virtio.h"

#include <stdio.h>
#include <stdlib.h>

#include "load.h"
#include "pamu.h"

#define VIRTIO_PAMU 1
#define VIRTIO_LIODN_REG 0x1f0
#define QUEUE_MAX 64
#define SECTOR 512u
#define DISK_DEFAULT (1u << 20)

#define STATUS_NEEDS_RESET 0x40
#define FEATURE_VERSION_1 1u /* bit 32 */
#define FEATURE_PLATFORM 2u  /* bit 33: addresses go through the PAMU */
#define DESC_NEXT 1
#define DESC_WRITE 2
#define BLK_IN 0
#define BLK_OUT 1
#define BLK_ID 8
#define BLK_OK 0
#define BLK_IOERR 1
#define BLK_UNSUPPORTED 2

struct virtio {
	struct machine *machine;
	uint32_t liodn;
	uint32_t status, irq;
	uint32_t feature_sel, driver_sel;
	uint32_t queue_size, queue_ready;
	uint64_t desc, avail, used;
	uint16_t seen; /* available entries taken */
	uint8_t *disk;
	size_t disk_size;
};

struct virtio_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};

static bool virtio_dma(struct virtio *v, uint64_t addr, void *buf, size_t len, bool write)
{
	return pamu_dma(v->machine, VIRTIO_PAMU, v->liodn, addr, buf, len, write);
}

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static bool virtio_desc_read(struct virtio *v, uint16_t n, struct virtio_desc *d)
{
	uint8_t raw[16];

	if (n >= v->queue_size || !virtio_dma(v, v->desc + 16u * n, raw, sizeof(raw), false))
		return false;
	*d = (struct virtio_desc){le64(raw), le32(raw + 8), le16(raw + 12), le16(raw + 14)};
	return true;
}

/* Move one data buffer; *done counts bytes written to memory. */
static bool virtio_data(struct virtio *v, const struct virtio_desc *d, uint32_t type, uint64_t pos,
			uint32_t *done, uint8_t *result)
{
	static const char id[20] = "facet-p4080";
	uint8_t *at = v->disk + pos;

	if (type == BLK_ID && (d->flags & DESC_WRITE)) {
		*done += d->len < sizeof(id) ? d->len : sizeof(id);
		return virtio_dma(v, d->addr, (void *)(uintptr_t)id,
				  d->len < sizeof(id) ? d->len : sizeof(id), true);
	}
	if (type != BLK_IN && type != BLK_OUT) {
		*result = BLK_UNSUPPORTED;
		return true;
	}
	if (pos > v->disk_size || d->len > v->disk_size - pos ||
	    (type == BLK_IN) != !!(d->flags & DESC_WRITE)) {
		*result = BLK_IOERR;
		return true;
	}
	if (type == BLK_IN)
		*done += d->len;
	return virtio_dma(v, d->addr, at, d->len, type == BLK_IN);
}

/* One request: header, data buffers, status byte. False when memory could not be reached. */
static bool virtio_request(struct virtio *v, uint16_t head, uint32_t *done)
{
	struct virtio_desc d;
	uint8_t header[16];
	uint8_t result = BLK_OK;
	uint64_t pos;
	uint32_t type;

	*done = 0;
	if (!virtio_desc_read(v, head, &d) || d.len < sizeof(header) ||
	    !virtio_dma(v, d.addr, header, sizeof(header), false))
		return false;
	type = le32(header);
	pos = le64(header + 8) * SECTOR;
	for (unsigned n = 0; n < QUEUE_MAX && (d.flags & DESC_NEXT); n++) {
		if (!virtio_desc_read(v, d.next, &d))
			return false;
		if (!(d.flags & DESC_NEXT)) {
			*done += 1;
			return d.len && virtio_dma(v, d.addr, &result, 1, true);
		}
		if (!virtio_data(v, &d, type, pos, done, &result))
			return false;
		pos += d.len;
	}
	return false;
}

static bool virtio_complete(struct virtio *v, uint16_t head, uint32_t done)
{
	uint8_t idx[2], elem[8] = {(uint8_t)head, (uint8_t)(head >> 8)};
	uint16_t n;

	for (unsigned k = 0; k < 4; k++)
		elem[4 + k] = (uint8_t)(done >> (8 * k));
	if (!virtio_dma(v, v->used + 2, idx, sizeof(idx), false))
		return false;
	n = le16(idx);
	if (!virtio_dma(v, v->used + 4 + 8u * (n % v->queue_size), elem, sizeof(elem), true))
		return false;
	n++;
	idx[0] = (uint8_t)n;
	idx[1] = (uint8_t)(n >> 8);
	return virtio_dma(v, v->used + 2, idx, sizeof(idx), true);
}

static void virtio_update(struct virtio *v)
{
	v->machine->irq_line(v->machine->mpic, VIRTIO_IRQ, v->irq);
}

/* Serve everything available. A violation stops the device: the driver must reset it. */
static void virtio_notify(struct virtio *v)
{
	uint8_t idx[2], entry[2];
	uint32_t done;

	if (!v->queue_ready || !v->queue_size || (v->status & STATUS_NEEDS_RESET))
		return;
	for (unsigned n = 0; n < QUEUE_MAX; n++) {
		uint64_t at = v->avail + 4 + 2u * (v->seen % v->queue_size);

		if (!virtio_dma(v, v->avail + 2, idx, sizeof(idx), false))
			break;
		if (le16(idx) == v->seen) {
			virtio_update(v);
			return;
		}
		if (!virtio_dma(v, at, entry, sizeof(entry), false) ||
		    !virtio_request(v, le16(entry), &done) ||
		    !virtio_complete(v, le16(entry), done))
			break;
		v->seen++;
		v->irq |= 1;
	}
	v->status |= STATUS_NEEDS_RESET;
	v->irq |= 2;
	virtio_update(v);
}

static void virtio_reset(struct virtio *v)
{
	v->status = 0;
	v->irq = 0;
	v->queue_size = 0;
	v->queue_ready = 0;
	v->seen = 0;
	virtio_update(v);
}

static uint32_t virtio_register(const struct virtio *v, uint32_t off)
{
	uint64_t sectors = v->disk_size / SECTOR;

	switch (off) {
	case 0x000:
		return 0x74726976;
	case 0x004:
	case 0x008:
		return 2; /* version 2; block device */
	case 0x00c:
		return 0x46435434;
	case 0x010:
		return v->feature_sel == 1 ? FEATURE_VERSION_1 | FEATURE_PLATFORM : 0;
	case 0x034:
		return QUEUE_MAX;
	case 0x044:
		return v->queue_ready;
	case 0x060:
		return v->irq;
	case 0x070:
		return v->status;
	case 0x100:
		return (uint32_t)sectors;
	case 0x104:
		return (uint32_t)(sectors >> 32);
	default:
		return 0;
	}
}

static uint32_t virtio_read(void *dev, uint32_t off, unsigned cpu)
{
	const struct virtio *v = dev;

	(void)cpu;
	if (off == VIRTIO_LIODN_REG)
		return v->liodn;
	return __builtin_bswap32(virtio_register(v, off));
}

static void virtio_set_half(uint64_t *reg, uint32_t val, bool high)
{
	if (high)
		*reg = (*reg & 0xffffffffu) | (uint64_t)val << 32;
	else
		*reg = (*reg & ~UINT64_C(0xffffffff)) | val;
}

static void virtio_write(void *dev, uint32_t off, uint32_t bus_val, unsigned cpu)
{
	struct virtio *v = dev;
	uint32_t val = __builtin_bswap32(bus_val);

	(void)cpu;
	switch (off) {
	case 0x014:
		v->feature_sel = val;
		break;
	case 0x038:
		v->queue_size = val <= QUEUE_MAX ? val : 0;
		break;
	case 0x044:
		v->queue_ready = val & 1;
		v->seen = 0;
		break;
	case 0x050:
		virtio_notify(v);
		break;
	case 0x064:
		v->irq &= ~val;
		virtio_update(v);
		break;
	case 0x070:
		if (val)
			v->status = val | (v->status & STATUS_NEEDS_RESET);
		else
			virtio_reset(v);
		break;
	case 0x080:
	case 0x084:
		virtio_set_half(&v->desc, val, off & 4);
		break;
	case 0x090:
	case 0x094:
		virtio_set_half(&v->avail, val, off & 4);
		break;
	case 0x0a0:
	case 0x0a4:
		virtio_set_half(&v->used, val, off & 4);
		break;
	case VIRTIO_LIODN_REG:
		v->liodn = bus_val & 0xfff;
		break;
	default:
		break;
	}
}

bool virtio_disk(struct machine *m, const char *path)
{
	struct virtio *v = m->virtio;
	size_t size;
	uint8_t *data = load_file(path, &size);

	if (!data)
		return false;
	free(v->disk);
	v->disk = data;
	v->disk_size = size / SECTOR * SECTOR;
	return true;
}

bool virtio_init(struct machine *m)
{
	struct virtio *v = calloc(1, sizeof(*v));

	if (!v)
		return false;
	v->machine = m;
	v->liodn = VIRTIO_LIODN;
	v->disk_size = DISK_DEFAULT;
	v->disk = calloc(1, v->disk_size);
	m->virtio = v;
	ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "virtio", .base = VIRTIO_CCSR, .size = 0x200,
						.dev = v, .read = virtio_read,
						.write = virtio_write});
	return v->disk;
}
