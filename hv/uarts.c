/* SPDX-License-Identifier: BSD-3-Clause */
/* The UARTs the hypervisor owns: started from the plan, their interrupts routed to one CPU. */
/* boot CPU; interrupt context of the serving CPU */
#include "hv/uarts.h"
#include "drivers/table.h"
#include "hv/cpu.h"
#include "hv/irqc.h"
#include "hv/log.h"

#define UARTS 4

static struct uart uarts[UARTS];
static unsigned int uart_count;

struct uart *uart_of_dev(unsigned int dev)
{
	for (unsigned int i = 0; i < uart_count; i++) {
		if (uarts[i].dev == dev) {
			return &uarts[i];
		}
	}
	return NULL;
}

static void uart_irq(struct cpu *cpu, void *arg)
{
	struct uart *u = arg;

	(void)cpu;
	if (u->ready != NULL) {
		u->ready(u, u->arg);
	}
}

static enum err uart_start(const struct plan *plan, unsigned int dev)
{
	const struct plan_dev *d = &plan->devs[dev];
	const struct uart_ops *ops = driver_uart(d->driver);
	struct uart *u = &uarts[uart_count];

	if (ops == NULL || d->reg_count == 0) {
		return ERR_UNSUPPORTED;
	}
	if (uart_count == UARTS) {
		return ERR_FULL;
	}
	u->ops = ops;
	u->dev = (uint16_t)dev;
	u->at = plan->regs[d->reg_first].base;
	u->irq = d->irq_count > 0 ? plan->irqs[d->irq_first].irq : 0;
	u->regs = arch_hmem_device(u->at, ops->size);
	if (u->regs == NULL || ops->init(u) != OK) {
		return ERR_FULL;
	}
	uart_count++;
	return OK;
}

enum err uarts_init(const struct plan *plan)
{
	enum err worst = OK;

	for (unsigned int i = 0; i < plan->dev_count; i++) {
		const struct plan_dev *d = &plan->devs[i];
		enum err e;

		if (d->owner != OWNER_HV || driver_uart(d->driver) == NULL) {
			continue;
		}
		e = uart_start(plan, i);
		if (e != OK) {
			log_print(LOG_ERROR, "%s: the UART cannot be used", d->path);
			worst = e;
		}
	}
	return worst;
}

enum err uarts_serve(const struct plan *plan, struct cpu *server)
{
	for (unsigned int i = 0; i < uart_count; i++) {
		struct uart *u = &uarts[i];
		const struct plan_dev *d = &plan->devs[u->dev];

		if (u->irq == 0 || u->ready == NULL) {
			continue;
		}
		if (irq_register(u->irq, uart_irq, u) != OK) {
			return ERR_FULL;
		}
		irqc->claim(u->irq, server, plan->irqs[d->irq_first].flags);
		u->ops->irq_on(u);
	}
	return OK;
}
