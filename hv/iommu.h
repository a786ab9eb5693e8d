/* SPDX-License-Identifier: BSD-3-Clause */
/* An IOMMU: what hv/dma.c asks of its driver, and what the driver reports back. */
#ifndef HV_IOMMU_H
#define HV_IOMMU_H

#include "hv/arch.h"
#include "hv/plan/plan.h"

/* Why an access of a device was refused. */
enum iommu_reason {
	IOMMU_UNMAPPED, /* nothing is at that address for this device */
	IOMMU_READONLY, /* a write to what it may only read, or an execution */
	IOMMU_BLOCKED,	/* the stream is not open: its partition does not run, or it has none */
	IOMMU_UNKNOWN,	/* no stream with that number is in the plan */
	IOMMU_BUS,	/* a request that the IOMMU never lets pass: translated, with substreams */
	IOMMU_BROKEN,	/* its tables could not be read, or are not as it wants them */
	IOMMU_REASONS,
};

struct iommu_fault {
	uint32_t stream;
	uint8_t reason; /* enum iommu_reason */
	uint8_t code;	/* as the hardware numbers it */
	bool is_write;	/* these two only when has_addr */
	bool has_addr;
	gpa_t at; /* as the device said it */
};

enum iommu_map_flags {
	IOMMU_W = 1,
	IOMMU_DEVICE = 2, /* a register, not memory */
};

/* Devices see host memory from hpa on at gpa. Page multiples. */
struct iommu_map {
	gpa_t gpa;
	hpa_t hpa;
	uint64_t size;
	uint32_t flags; /* enum iommu_map_flags */
};

/* What a device can reach: made at boot, never changed. */
struct iommu_space {
	void *priv;	   /* the driver's */
	uint64_t map_size; /* bytes mapped, and that its tables take: for the report */
	uint32_t table_size;
};

struct iommu_ops;

struct iommu {
	const struct iommu_ops *ops;
	const struct plan_dev *dev;
	void *priv;	    /* the driver's; NULL: it cannot be used */
	uint32_t events;    /* refused accesses it told of; all four wrap */
	uint32_t overflows; /* times it had no room to tell of more */
	uint32_t repairs;   /* commands it did not understand */
	uint32_t errors;    /* other errors of its own */
};

/* One row per IOMMU in drivers/table*.c. Boot CPU until the pool is closed, then any CPU. */
struct iommu_ops {
	const char *name;
	/*
	 * Switch it on with every stream blocked. ERR_UNSUPPORTED: it lacks something that is
	 * needed; ERR_TIMEOUT: it does not answer; ERR_SIZE: out of boot memory. After an error it
	 * is as it was, or blocks everything.
	 */
	enum err (*init)(struct iommu *m, const struct plan *plan);
	/* Tables for maps that do not overlap. ERR_SIZE: boot memory; ERR_RANGE: out of its reach. */
	enum err (*space_init)(struct iommu *m, struct iommu_space *s, const struct iommu_map *maps,
			       unsigned int count);
	/*
	 * Let a stream of the plan translate, or block it; on return that is in force. When a
	 * blocked stream is to be followed by the use of memory, flush its space as well.
	 * ERR_TIMEOUT: the IOMMU does not answer; ERR_FORMAT: it refuses the command.
	 */
	enum err (*open)(struct iommu *m, uint32_t stream, const struct iommu_space *s);
	enum err (*block)(struct iommu *m, uint32_t stream);
	/* Forget cached translations; accesses that used them are finished on return. */
	enum err (*flush)(struct iommu *m, const struct iommu_space *s);
	/* Report at most that many refused accesses to dma_fault(). True: there may be more. One CPU. */
	bool (*poll)(struct iommu *m, unsigned int count);
	/* Its interrupts; poll() once after switching them on. */
	void (*irq)(struct iommu *m, bool on);
	/* Give it a command that does not exist and see that it goes on. ERR_STATE: it did not notice. */
	enum err (*check)(struct iommu *m);
	/* What it is, for a person: less than a line. */
	void (*describe)(const struct iommu *m, char *buf, size_t size);
};

extern const struct iommu_ops iommu_smmuv3_ops;

#endif
