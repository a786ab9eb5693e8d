/* SPDX-License-Identifier: BSD-3-Clause */
/* What a guest sees of the configuration space of a PCI function: tables by register. */
/* pure */
/*
 * A guest gets identity, the parts of command and status that concern its function alone, planned
 * address registers that can be sized but not moved, and the capabilities named here. Whatever
 * could change how requests are routed or told apart, wake or reset the function behind the
 * hypervisor's back, or signal errors to the system is not here, and so reads 0 and ignores writes:
 * power management (D3 to D0 loses the BARs), function level reset, error reporting, phantom
 * functions, extended capabilities (SR-IOV, ATS, PRI, PASID, ACS, resizable BARs).
 */
#include "hv/vpci_filter.h"

#include <string.h>

/* Masks of one register; .copy: read from hardware once, at init. */
struct vpci_field {
	uint8_t at, size;
	uint32_t copy, ask, pass, clear, keep;
};

/* Header type 0 (PCI 3.0, 6.1 and 6.2); what depends on the grant is added by vpci_fn_init(). */
static const struct vpci_field vpci_header[] = {
    {PCI_VENDOR, 2, .copy = 0xffff},
    {PCI_DEVICE, 2, .copy = 0xffff},
    {PCI_COMMAND, 2, .ask = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_OFF,
     .pass = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER},
    /* INTx pending, 66 MHz, fast back-to-back, DEVSEL timing, and what was received and sent */
    {PCI_STATUS, 2, .ask = 0xffa8, .clear = PCI_STATUS_CLEAR},
    {PCI_REVISION, 4, .copy = 0xffffffff},
    {PCI_CACHE_LINE, 1, .ask = 0xff, .pass = 0xff},
    {PCI_LATENCY, 1, .ask = 0xff}, /* shares a bus with others */
    {PCI_HEADER, 1, .copy = PCI_HEADER_TYPE},
    {PCI_BIST, 1, .copy = 0}, /* would interrupt service: not capable */
    {PCI_BAR0, 4, .copy = 0}, /* vpci_size(): planned, or the size */
    {PCI_BAR0 + 4, 4, .copy = 0},
    {PCI_BAR0 + 8, 4, .copy = 0},
    {PCI_BAR0 + 12, 4, .copy = 0},
    {PCI_BAR0 + 16, 4, .copy = 0},
    {PCI_BAR0 + 20, 4, .copy = 0},
    {PCI_CARDBUS, 4, .copy = 0},
    {PCI_SUBSYSTEM, 4, .copy = 0xffffffff},
    {PCI_ROM, 4, .copy = 0},  /* stays disabled: no address is planned for it */
    {PCI_CAPS, 1, .copy = 0}, /* vpci_caps() */
    {PCI_CAPS + 1, 3, .copy = 0},
    {PCI_CAPS + 4, 4, .copy = 0},
    {PCI_LINE, 1, .keep = 0xff},
    {PCI_PIN, 1, .copy = 0}, /* of the grant */
    {PCI_GRANT, 2, .copy = 0xffff},
};

/* The four layouts of MSI (PCI 3.0, 6.8.1): address of 32 or 64 bits, without and with masks. */
#define VPCI_MSI_CONTROL                                                                           \
	{                                                                                          \
		PCI_MSI_CONTROL, 2, .copy = PCI_MSI_64 | PCI_MSI_MASKS,                            \
				    .ask = PCI_MSI_ENABLE | PCI_MSI_ENABLED,                       \
				    .pass = PCI_MSI_ENABLE | PCI_MSI_ENABLED                       \
	}
#define VPCI_MSI_ADDRESS                                                                           \
	{                                                                                          \
		PCI_MSI_ADDRESS, 4, .ask = 0xfffffffc, .pass = 0xfffffffc                          \
	}

static const struct vpci_field vpci_msi32[] = {
    VPCI_MSI_CONTROL, VPCI_MSI_ADDRESS, {0x08, 2, .ask = 0xffff, .pass = 0xffff}};
static const struct vpci_field vpci_msi64[] = {VPCI_MSI_CONTROL,
					       VPCI_MSI_ADDRESS,
					       {0x08, 4, .ask = 0xffffffff, .pass = 0xffffffff},
					       {0x0c, 2, .ask = 0xffff, .pass = 0xffff}};
static const struct vpci_field vpci_msi32_masks[] = {
    VPCI_MSI_CONTROL,
    VPCI_MSI_ADDRESS,
    {0x08, 2, .ask = 0xffff, .pass = 0xffff},
    {0x0c, 4, .ask = 0xffffffff, .pass = 0xffffffff},
    {0x10, 4, .ask = 0xffffffff}};
static const struct vpci_field vpci_msi64_masks[] = {
    VPCI_MSI_CONTROL,
    VPCI_MSI_ADDRESS,
    {0x08, 4, .ask = 0xffffffff, .pass = 0xffffffff},
    {0x0c, 2, .ask = 0xffff, .pass = 0xffff},
    {0x10, 4, .ask = 0xffffffff, .pass = 0xffffffff},
    {0x14, 4, .ask = 0xffffffff}};

/* MSI-X (PCI 3.0, 6.8.2): the count of the table is of the grant. */
static const struct vpci_field vpci_msix[] = {
    {PCI_MSIX_CONTROL, 2, .ask = PCI_MSIX_MASK | PCI_MSIX_ENABLE,
     .pass = PCI_MSIX_MASK | PCI_MSIX_ENABLE},
    {PCI_MSIX_TABLE, 4, .copy = 0xffffffff},
    {PCI_MSIX_PENDING, 4, .copy = 0xffffffff},
};

/*
 * PCI Express (Base 4.0, 7.5.3) of an endpoint. Control: relaxed ordering, no snoop and the size
 * of read requests are its own affair; payload size, extended tags and the rest stay as they are.
 */
static const struct vpci_field vpci_express1[] = {
    {PCI_EXP_FLAGS, 2, .copy = 0x00ff},
    /* no phantom functions, no function level reset */
    {PCI_EXP_CAPS, 4, .copy = 0x0fffffe7},
    {PCI_EXP_CONTROL, 2, .ask = 0x7bf0, .pass = 0x7810},
    {PCI_EXP_STATUS, 2, .ask = 0x003f, .clear = 0x000f},
    {0x0c, 4, .copy = 0xffffffff}, /* link capabilities, */
    {PCI_EXP_LINK_CONTROL, 2, .ask = 0x03ff},
    {0x12, 2, .ask = 0x3fff}, /* and status */
};
/* Device capabilities 2: completion timeouts only; link capabilities, control and status 2. */
static const struct vpci_field vpci_express2[] = {
    {0x24, 4, .copy = 0x0000001f}, {PCI_EXP_CONTROL2, 2, .ask = 0x001f},
    {0x2c, 4, .copy = 0x000000ff}, {0x30, 2, .ask = 0x000f},
    {0x32, 2, .ask = 0x0001},
};

/*
 * Virtio 1.1, 4.1.4. The first says where structures lie inside the BARs. The second is a window on
 * them: BAR number, offset, length and data. It is the device that carries these accesses out, on
 * its own registers: they go nowhere that the guest cannot reach through its mapped BARs, cause no
 * request on the bus, and so need no filter of their own.
 */
static const struct vpci_field vpci_virtio_place[] = {
    {2, 2, .copy = 0xffff},	 {4, 4, .copy = 0xffffffff},  {8, 4, .copy = 0xffffffff},
    {12, 4, .copy = 0xffffffff}, {16, 4, .copy = 0xffffffff}, {20, 4, .copy = 0xffffffff},
};
static const struct vpci_field vpci_virtio_access[] = {
    {2, 2, .copy = 0xffff},
    {4, 4, .copy = 0xffffff00, .ask = 0x000000ff, .pass = 0x000000ff},
    {8, 4, .ask = 0xffffffff, .pass = 0xffffffff},
    {12, 4, .ask = 0xffffffff, .pass = 0xffffffff},
    {16, 4, .ask = 0xffffffff, .pass = 0xffffffff},
};

static uint32_t vpci_get(const uint8_t *bytes, unsigned int size)
{
	uint32_t x = 0;

	for (unsigned int i = size; i-- > 0;) {
		x = x << 8 | bytes[i];
	}
	return x;
}

static void vpci_put(uint8_t *bytes, unsigned int size, uint32_t x)
{
	for (unsigned int i = 0; i < size; i++, x >>= 8) {
		bytes[i] = (uint8_t)x;
	}
}

/* Registers of a table that begin below end, all from base on. */
static void vpci_fields(struct vpci_fn *f, const uint8_t *hw, unsigned int base,
			const struct vpci_field *t, size_t count, unsigned int end)
{
	for (size_t i = 0; i < count && t[i].at < end; i++) {
		unsigned int at = base + t[i].at;

		vpci_put(f->image + at, t[i].size, vpci_get(hw + at, t[i].size) & t[i].copy);
		vpci_put(f->ask + at, t[i].size, t[i].ask);
		vpci_put(f->pass + at, t[i].size, t[i].pass);
		vpci_put(f->clear + at, t[i].size, t[i].clear);
		vpci_put(f->keep + at, t[i].size, t[i].keep);
	}
}

#define VPCI_FIELDS(f, hw, base, t) vpci_fields(f, hw, base, t, ARRAY_SIZE(t), PCI_SPACE)

/* Largest n with 2^n messages granted and possible. */
static uint32_t vpci_msi_capable(uint32_t control, uint32_t vectors)
{
	uint32_t n = (control & PCI_MSI_CAPABLE) >> 1;

	n = n > 5 ? 5 : n;
	while (n > 0 && UINT32_C(1) << n > vectors) {
		n--;
	}
	return n << 1;
}

static bool vpci_cap_msi(struct vpci_fn *f, const uint8_t *hw, unsigned int at, uint32_t vectors)
{
	static const struct {
		uint8_t size, count;
		const struct vpci_field *fields;
	} kinds[4] = {
	    {0x0a, ARRAY_SIZE(vpci_msi32), vpci_msi32},
	    {0x0e, ARRAY_SIZE(vpci_msi64), vpci_msi64},
	    {0x14, ARRAY_SIZE(vpci_msi32_masks), vpci_msi32_masks},
	    {0x18, ARRAY_SIZE(vpci_msi64_masks), vpci_msi64_masks},
	};
	uint32_t control = vpci_get(hw + at + PCI_MSI_CONTROL, 2);
	unsigned int kind = (control & PCI_MSI_64 ? 1 : 0) + (control & PCI_MSI_MASKS ? 2 : 0);

	if (vectors == 0 || at + kinds[kind].size > PCI_SPACE) {
		return false;
	}
	vpci_fields(f, hw, at, kinds[kind].fields, kinds[kind].count, PCI_SPACE);
	f->image[at + PCI_MSI_CONTROL] |= (uint8_t)vpci_msi_capable(control, vectors);
	return true;
}

static bool vpci_cap_msix(struct vpci_fn *f, const uint8_t *hw, unsigned int at, uint32_t vectors)
{
	uint32_t last = vpci_get(hw + at + PCI_MSIX_CONTROL, 2) & PCI_MSIX_COUNT;

	if (vectors == 0 || at + PCI_MSIX_SIZE > PCI_SPACE) {
		return false;
	}
	VPCI_FIELDS(f, hw, at, vpci_msix);
	vpci_put(f->image + at + PCI_MSIX_CONTROL, 2, last < vectors ? last : vectors - 1);
	return true;
}

static bool vpci_cap_express(struct vpci_fn *f, const uint8_t *hw, unsigned int at)
{
	bool is_new = (hw[at + PCI_EXP_FLAGS] & PCI_EXP_VERSION) >= 2;

	if (at + (is_new ? PCI_EXP_SIZE2 : PCI_EXP_SIZE1) > PCI_SPACE) {
		return false;
	}
	VPCI_FIELDS(f, hw, at, vpci_express1);
	if (is_new) {
		VPCI_FIELDS(f, hw, at, vpci_express2);
	}
	f->beyond = 0;
	return true;
}

/* Only virtio's: nobody knows what others mean. */
static bool vpci_cap_vendor(struct vpci_fn *f, const uint8_t *hw, unsigned int at)
{
	unsigned int len = hw[at + PCI_VIRTIO_CAP_LEN];
	unsigned int type = hw[at + PCI_VIRTIO_CAP_TYPE];

	if (vpci_get(hw + PCI_VENDOR, 2) != PCI_VIRTIO_VENDOR || len < PCI_VIRTIO_CAP_SIZE ||
	    len % 4 != 0 || at + len > PCI_SPACE) {
		return false;
	}
	if (type == PCI_VIRTIO_ACCESS && len >= PCI_VIRTIO_ACCESS_SIZE) {
		VPCI_FIELDS(f, hw, at, vpci_virtio_access);
		return true;
	}
	if ((type >= PCI_VIRTIO_COMMON && type <= PCI_VIRTIO_DEVICE) || type == PCI_VIRTIO_SHARED) {
		vpci_fields(f, hw, at, vpci_virtio_place, ARRAY_SIZE(vpci_virtio_place), len);
		return true;
	}
	return false;
}

static bool vpci_cap(struct vpci_fn *f, const uint8_t *hw, unsigned int at, uint32_t vectors)
{
	switch (hw[at]) {
	case PCI_CAP_MSI:
		return vpci_cap_msi(f, hw, at, vectors);
	case PCI_CAP_MSIX:
		return vpci_cap_msix(f, hw, at, vectors);
	case PCI_CAP_EXPRESS:
		return vpci_cap_express(f, hw, at);
	case PCI_CAP_VENDOR:
		return vpci_cap_vendor(f, hw, at);
	default:
		return false;
	}
}

/* The list again, with nothing in it but what is allowed; it ends where it meets itself. */
static void vpci_caps(struct vpci_fn *f, const uint8_t *hw, uint32_t vectors)
{
	unsigned int link = PCI_CAPS;
	unsigned int at = hw[PCI_CAPS] & ~3u;
	uint64_t seen = 0;

	if (!(hw[PCI_STATUS] & PCI_STATUS_CAPS)) {
		return;
	}
	for (; at >= PCI_CAPS_FIRST && !(seen >> at / 4 & 1); at = hw[at + 1] & ~3u) {
		seen |= UINT64_C(1) << at / 4;
		if (vpci_cap(f, hw, at, vectors)) {
			f->image[link] = (uint8_t)at;
			f->image[at] = hw[at];
			link = at + 1;
			f->image[PCI_STATUS] |= PCI_STATUS_CAPS;
		}
	}
	f->image[link] = 0;
}

void vpci_fn_init(struct vpci_fn *f, const uint8_t *hw, const struct vpci_grant *grant)
{
	uint8_t *command = f->pass + PCI_COMMAND;

	memset(f, 0, sizeof(*f));
	f->beyond = 0xff;
	VPCI_FIELDS(f, hw, 0, vpci_header);
	if (grant->has_io) {
		f->ask[PCI_COMMAND] |= PCI_COMMAND_IO;
		command[0] |= PCI_COMMAND_IO;
	}
	if (grant->pin != 0) {
		command[1] |= PCI_COMMAND_INTX_OFF >> 8;
	}
	f->image[PCI_PIN] = grant->pin;
	f->image[PCI_HEADER] |= grant->is_multi ? PCI_HEADER_MULTI : 0;
	for (unsigned int i = 0; i < PCI_BARS; i++) {
		vpci_put(f->fixed + 4 * i, 4, grant->bars[i]);
		vpci_put(f->sizing + 4 * i, 4, grant->sizing[i]);
	}
	vpci_caps(f, hw, grant->vectors);
	vpci_fn_reset(f);
}

void vpci_fn_reset(struct vpci_fn *f)
{
	memcpy(f->image + PCI_BAR0, f->fixed, sizeof(f->fixed));
	f->image[PCI_LINE] = 0;
}

uint32_t vpci_fn_read(const struct vpci_fn *f, unsigned int at, unsigned int size, uint32_t *ask)
{
	*ask = 0;
	if (at >= PCI_SPACE) {
		return (f->beyond * UINT32_C(0x01010101)) >> (32 - 8 * size);
	}
	*ask = vpci_get(f->ask + at, size);
	return vpci_get(f->image + at, size);
}

/*
 * A byte of ones asks for the size, anything else brings the planned address back. By byte, because
 * a register may be written in pieces; a planned byte that is all ones is the same in both.
 */
static void vpci_size(struct vpci_fn *f, unsigned int at, uint8_t g_byte)
{
	unsigned int i = at - PCI_BAR0;

	if (i < sizeof(f->fixed)) {
		f->image[at] = g_byte == 0xff ? f->sizing[i] : f->fixed[i];
	}
}

struct vpci_store vpci_fn_write(struct vpci_fn *f, unsigned int at, unsigned int size,
				uint32_t g_value)
{
	struct vpci_store store = {0, 0};

	if (at >= PCI_SPACE) {
		return store;
	}
	store.pass = vpci_get(f->pass + at, size);
	store.clear = vpci_get(f->clear + at, size);
	for (unsigned int i = 0; i < size; i++, at++, g_value >>= 8) {
		uint8_t keep = f->keep[at];

		f->image[at] = (uint8_t)((f->image[at] & ~keep) | (g_value & keep));
		vpci_size(f, at, (uint8_t)g_value);
	}
	return store;
}
