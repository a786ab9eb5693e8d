/* SPDX-License-Identifier: BSD-3-Clause */
/* Drivers in the ppc-e500mc image. */
/* pure */
#include "drivers/mpic.h"
#include "drivers/table.h"

const struct driver_irqc driver_irqcs[] = {
	{ PLAN_DRV_MPIC, &mpic_ops },
};
const size_t driver_irqc_count = ARRAY_SIZE(driver_irqcs);

const struct driver_uart driver_uarts[] = {
	{ PLAN_DRV_UART_NS16550, "ns16550", &uart_ns16550_ops },
};
const size_t driver_uart_count = ARRAY_SIZE(driver_uarts);

/* None for the PAMU: a partition with a device behind it does not start. */
const struct driver_iommu driver_iommus[] = {{ PLAN_DRV_NONE, NULL }};
const size_t driver_iommu_count = 0;
