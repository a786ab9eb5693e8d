/* SPDX-License-Identifier: BSD-3-Clause */
/* Drivers in the arm64 image. */
/* pure */
#include "drivers/table.h"

const struct driver_irqc driver_irqcs[] = {
	{ PLAN_DRV_GICV2, &irqc_gicv2_ops },
	{ PLAN_DRV_GICV3, &irqc_gicv3_ops },
};
const size_t driver_irqc_count = ARRAY_SIZE(driver_irqcs);

const struct driver_uart driver_uarts[] = {
	{ PLAN_DRV_UART_PL011, "arm,pl011", &uart_pl011_ops },
};
const size_t driver_uart_count = ARRAY_SIZE(driver_uarts);

const struct driver_iommu driver_iommus[] = {
	{ PLAN_DRV_SMMUV3, &iommu_smmuv3_ops },
};
const size_t driver_iommu_count = ARRAY_SIZE(driver_iommus);
