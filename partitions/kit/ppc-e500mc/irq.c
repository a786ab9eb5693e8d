/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts by hypercall (ePAPR hv-pic) and messages between the CPUs of the partition. */
/* any CPU */
#include "kit/ppc-e500mc/ppc.h"

#include "facet/hcall.h"

#include <libfdt.h>

#define PRIORITY 8

static uint32_t ipi_bits[KIT_CPUS];
static bool has_proxy;

void irq_init(void)
{
	int pic = fdt_node_compatible_n("epapr,hv-pic", 0);

	has_proxy = pic >= 0 && fdt_getprop(fdt, pic, "has-external-proxy", NULL) != NULL;
}

void irq_cpu_init(void)
{
	irq_unmask();
}

/* <handle sense>: the handle is the number. Without hv-pic there are no interrupts for this kit. */
uint32_t irq_cells(const uint32_t *cells, unsigned int n)
{
	return n >= 1 && fdt_node_compatible_n("epapr,hv-pic", 0) >= 0 ? fdt32_to_cpu(cells[0]) : 0;
}

unsigned int irq_cell_count(void)
{
	return 2;
}

void irq_line_on(uint32_t irq, bool on)
{
	struct hcall_regs io = {.r = {[1] = irq, [2] = !on}};
	struct hcall_regs config = {.r = {[1] = irq}};

	if (irq >= IRQ_TIMER) {
		return; /* enabled by MSR[EE] alone */
	}
	if (on && hcall(HCALL_VENDOR_EPAPR, EV_INT_GET_CONFIG, &config) == 0) {
		config.r[3] = PRIORITY;
		config.r[2] = config.r[1];
		config.r[1] = irq;
		config.r[4] = 0;
		hcall(HCALL_VENDOR_EPAPR, EV_INT_SET_CONFIG, &config);
	}
	hcall(HCALL_VENDOR_EPAPR, EV_INT_SET_MASK, &io);
}

void irq_external(void)
{
	struct hcall_regs io = {.r = {0}};
	uint32_t irq;

	if (has_proxy) {
		irq = spr_read(SPR_EPR);
	} else {
		hcall(HCALL_VENDOR_EPAPR, EV_INT_IACK, &io);
		irq = (uint32_t)io.r[1];
	}
	if (irq == 0xffff) {
		return;
	}
	irq_dispatch(irq);
	io.r[1] = irq;
	hcall(HCALL_VENDOR_EPAPR, EV_INT_EOI, &io);
}

void irq_send(unsigned int cpu, unsigned int ipi)
{
	__atomic_fetch_or(&ipi_bits[cpu], 1u << ipi, __ATOMIC_SEQ_CST);
	/* msgsnd r0: type 0 (doorbell), the CPU's PIR as tag; not in every assembler's dialect */
	__asm__ volatile("msync; mr 0, %0; .long 0x7c00019c" : : "r"(cpu) : "r0", "memory");
}

uint32_t irq_ipi(unsigned int ipi)
{
	return IRQ_IPI + ipi;
}

void irq_ipis(void)
{
	uint32_t bits = __atomic_exchange_n(&ipi_bits[cpu_index()], 0, __ATOMIC_SEQ_CST);

	for (unsigned int i = 0; i < 8; i++) {
		if ((bits >> i & 1) != 0) {
			irq_dispatch(IRQ_IPI + i);
		}
	}
}

void irq_mask(void)
{
	__asm__ volatile("wrteei 0" : : : "memory");
}

void irq_unmask(void)
{
	__asm__ volatile("wrteei 1" : : : "memory");
}
