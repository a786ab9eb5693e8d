/* SPDX-License-Identifier: BSD-3-Clause */
/* The drivers of one architecture's image, by what the plan calls them. */
#ifndef DRIVERS_TABLE_H
#define DRIVERS_TABLE_H

#include "hv/iommu.h"
#include "hv/irqc.h"
#include "hv/uart.h"

struct driver_irqc {
	uint16_t driver;          /* enum plan_driver */
	const struct irqc_ops *ops;
};

struct driver_uart {
	uint16_t driver;
	const char *compatible;
	const struct uart_ops *ops;
};

struct driver_iommu {
	uint16_t driver;
	const struct iommu_ops *ops;
};

/* table_<arch>.c */
extern const struct driver_irqc driver_irqcs[];
extern const size_t driver_irqc_count;
extern const struct driver_uart driver_uarts[];
extern const size_t driver_uart_count;
extern const struct driver_iommu driver_iommus[];
extern const size_t driver_iommu_count;

/* NULL: not in this image. driver: enum plan_driver. */
const struct irqc_ops *driver_irqc(unsigned int driver);
const struct uart_ops *driver_uart(unsigned int driver);
const struct iommu_ops *driver_iommu(unsigned int driver);
/* By `compatible`, for the console before there is a plan. */
const struct uart_ops *driver_uart_compatible(const char *compatible, size_t len);

#endif
