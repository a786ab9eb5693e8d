/* SPDX-License-Identifier: BSD-3-Clause */
/* Drivers in the arm64 image. */
/* pure */
#include <string.h>

#include "drivers/table.h"

static const struct {
	uint16_t driver;
	const struct irqc_ops *ops;
} driver_irqcs[] = {
	{ PLAN_DRV_GICV2, &irqc_gicv2_ops },
	{ PLAN_DRV_GICV3, &irqc_gicv3_ops },
};

static const struct {
	uint16_t driver;
	const char *compatible;
	const struct uart_ops *ops;
} driver_uarts[] = {
	{ PLAN_DRV_UART_PL011, "arm,pl011", &uart_pl011_ops },
};

const struct irqc_ops *driver_irqc(unsigned int driver)
{
	for (size_t i = 0; i < ARRAY_SIZE(driver_irqcs); i++) {
		if (driver_irqcs[i].driver == driver) {
			return driver_irqcs[i].ops;
		}
	}
	return NULL;
}

const struct uart_ops *driver_uart(unsigned int driver)
{
	for (size_t i = 0; i < ARRAY_SIZE(driver_uarts); i++) {
		if (driver_uarts[i].driver == driver) {
			return driver_uarts[i].ops;
		}
	}
	return NULL;
}

const struct uart_ops *driver_uart_compatible(const char *compatible, size_t len)
{
	while (len > 0) {
		size_t n = strnlen(compatible, len);

		for (size_t i = 0; i < ARRAY_SIZE(driver_uarts) && n < len; i++) {
			if (strcmp(driver_uarts[i].compatible, compatible) == 0) {
				return driver_uarts[i].ops;
			}
		}
		compatible += n < len ? n + 1 : n;
		len -= n < len ? n + 1 : n;
	}
	return NULL;
}
