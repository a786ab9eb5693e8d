/* SPDX-License-Identifier: BSD-3-Clause */
/* Look-ups in the table of drivers that the image's architecture has. */
/* pure */
#include "drivers/table.h"

#include <string.h>

const struct irqc_ops *driver_irqc(unsigned int driver)
{
	for (size_t i = 0; i < driver_irqc_count; i++) {
		if (driver_irqcs[i].driver == driver) {
			return driver_irqcs[i].ops;
		}
	}
	return NULL;
}

const struct uart_ops *driver_uart(unsigned int driver)
{
	for (size_t i = 0; i < driver_uart_count; i++) {
		if (driver_uarts[i].driver == driver) {
			return driver_uarts[i].ops;
		}
	}
	return NULL;
}

const struct iommu_ops *driver_iommu(unsigned int driver)
{
	for (size_t i = 0; i < driver_iommu_count; i++) {
		if (driver_iommus[i].driver == driver) {
			return driver_iommus[i].ops;
		}
	}
	return NULL;
}

const struct uart_ops *driver_uart_compatible(const char *compatible, size_t len)
{
	while (len > 0) {
		size_t n = strnlen(compatible, len);

		for (size_t i = 0; i < driver_uart_count && n < len; i++) {
			if (strcmp(driver_uarts[i].compatible, compatible) == 0) {
				return driver_uarts[i].ops;
			}
		}
		compatible += n < len ? n + 1 : n;
		len -= n < len ? n + 1 : n;
	}
	return NULL;
}
