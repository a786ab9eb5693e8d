/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands of an ITS put into words, and the sizes of its tables. */
/* pure; IHI 0069 section 5.3 (commands), 5.2 (tables) */
#include "drivers/gic_its_cmd.h"
#include "drivers/gic_its_regs.h"

enum {
	TABLE_PAGES = 256,       /* GITS_BASER.Size */
	LEVEL1_ENTRY = 8,        /* bytes, of a two-level table */
	COLLECTION_BITS = 16,    /* without GITS_TYPER.CIL */
};

#define DW0_OP MASK(7, 0)
#define DW0_DEVICE MASK(63, 32)
#define DW1_SIZE MASK(4, 0)
#define DW1_EVENT MASK(31, 0)
#define DW1_LPI MASK(63, 32)
#define DW2_COLLECTION MASK(15, 0)
#define DW2_TARGET MASK(51, 16)
#define DW2_ITT MASK(51, 8)
#define DW2_VALID BIT(63)

struct its_limits its_limits_of(uint64_t typer)
{
	return (struct its_limits){
		.itt_entry = (uint8_t)(field_get(GITS_TYPER_ITT_ENTRY, typer) + 1),
		.device_bits = (uint8_t)(field_get(GITS_TYPER_DEV_BITS, typer) + 1),
		.event_bits = (uint8_t)(field_get(GITS_TYPER_ID_BITS, typer) + 1),
		.collection_bits = typer & GITS_TYPER_CIL
				     ? (uint8_t)(field_get(GITS_TYPER_CID_BITS, typer) + 1)
				     : COLLECTION_BITS,
		.builtin_count = (uint8_t)field_get(GITS_TYPER_HCC, typer),
		.is_by_address = typer & GITS_TYPER_PTA,
		.is_physical = typer & GITS_TYPER_PHYSICAL,
	};
}

uint64_t its_target(const struct its_limits *limits, uint64_t gicr_typer, uint64_t at)
{
	return limits->is_by_address ? at & DW2_TARGET
				     : field_get(GICR_TYPER_NUMBER, gicr_typer) << 16;
}

struct its_cmd its_mapd(uint32_t device, uint64_t at, unsigned int bits)
{
	return (struct its_cmd){ {
		ITS_MAPD | field_put(DW0_DEVICE, device),
		field_put(DW1_SIZE, bits - 1),
		(at & DW2_ITT) | DW2_VALID,
	} };
}

struct its_cmd its_mapc(uint16_t collection, uint64_t target)
{
	return (struct its_cmd){ { ITS_MAPC, 0, collection | (target & DW2_TARGET) | DW2_VALID } };
}

struct its_cmd its_mapti(uint32_t device, uint32_t event, uint32_t lpi, uint16_t collection)
{
	return (struct its_cmd){ {
		ITS_MAPTI | field_put(DW0_DEVICE, device),
		field_put(DW1_EVENT, event) | field_put(DW1_LPI, lpi),
		field_put(DW2_COLLECTION, collection),
	} };
}

struct its_cmd its_movi(uint32_t device, uint32_t event, uint16_t collection)
{
	return (struct its_cmd){ {
		ITS_MOVI | field_put(DW0_DEVICE, device),
		field_put(DW1_EVENT, event),
		field_put(DW2_COLLECTION, collection),
	} };
}

struct its_cmd its_event(enum its_op op, uint32_t device, uint32_t event)
{
	return (struct its_cmd){ {
		field_put(DW0_OP, op) | field_put(DW0_DEVICE, device),
		field_put(DW1_EVENT, event),
	} };
}

struct its_cmd its_sync(uint64_t target)
{
	return (struct its_cmd){ { ITS_SYNC, 0, target & DW2_TARGET } };
}

uint64_t its_itt_size(const struct its_limits *limits, unsigned int bits)
{
	return (uint64_t)limits->itt_entry << bits;
}

unsigned int its_event_bits(uint32_t last)
{
	unsigned int bits = 1;

	while (bits < 32 && last >> bits != 0) {
		bits++;
	}
	return bits;
}

enum err its_table_size(struct its_table *t, uint64_t count, unsigned int entry,
			unsigned int page_shift, bool can_indirect, uint64_t flat_max)
{
	uint64_t page = UINT64_C(1) << page_shift, bytes, leaves;

	if (count == 0 || count > UINT64_C(1) << 32 || entry == 0 || entry > page) {
		return ERR_SIZE;
	}
	*t = (struct its_table){ .page_shift = (uint8_t)page_shift };
	bytes = count * entry;
	if (can_indirect && (bytes > flat_max || bytes > page * TABLE_PAGES)) {
		t->is_indirect = true;
		t->leaf_count = (uint32_t)(page / entry);
		leaves = (count + t->leaf_count - 1) / t->leaf_count;
		bytes = leaves * LEVEL1_ENTRY;
	}
	if (bytes > page * TABLE_PAGES) {
		return ERR_SIZE;
	}
	t->pages = (uint16_t)((bytes + page - 1) >> page_shift);
	return OK;
}
