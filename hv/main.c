/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of boot, from the first C instruction to the first guest. */
/* boot CPU only */
#include "hv/bc.h"
#include "hv/boot.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/dma.h"
#include "hv/doorbell.h"
#include "hv/errq.h"
#include "hv/gtree.h"
#include "hv/irqc.h"
#include "hv/load.h"
#include "hv/log.h"
#include "hv/mux.h"
#include "hv/panic.h"
#include "hv/part.h"
#include "hv/pci.h"
#include "hv/pool.h"
#include "hv/uarts.h"
#include "hv/vuart.h"
#include "hv/fmt.h"
#include "drivers/table.h"

/* All secondaries together get this long to arrive. */
#define MAIN_ARRIVE_US 2000000

const struct irqc_ops *irqc;

/* Nothing can run: say so where somebody may see it, and stop. */
static noreturn_fn void main_give_up(void)
{
	log_print(LOG_ERROR, "no partition can run; stopping here");
	console_show_polled();
	arch_cpu_park();
}

static void main_number_cpus(const struct plan *plan)
{
	struct cpu *boot = NULL;

	cpu_count = plan->cpu_count;
	for (unsigned int i = 0; i < cpu_count; i++) {
		cpus[i].index = (uint16_t)i;
		cpus[i].hw_id = plan->cpus[i].hw_id;
		cpus[i].timer_when = UINT64_MAX;
		cpus[i].state = CPU_ABSENT;
		if (plan->cpus[i].is_boot) {
			boot = &cpus[i];
		}
	}
	if (boot == NULL) {
		log_print(LOG_ERROR, "the CPU this runs on is not in the board's tree");
		main_give_up();
	}
	boot->state = CPU_IDLE;
	the_plan = plan;
	arch_cpu_init(boot);
}

static void main_timer_irq(struct cpu *cpu, void *arg)
{
	(void)arg;
	timer_expired(cpu);
}

static void main_irqc(const struct plan *plan)
{
	const struct plan_dev *dev = &plan->devs[plan->board.irqc];

	irqc = driver_irqc(dev->driver);
	if (irqc == NULL || irqc->init(plan, dev) != OK) {
		log_print(LOG_ERROR, "%s: the interrupt controller cannot be used", dev->path);
		main_give_up();
	}
	if (plan->board.htimer_irq != 0 &&
	    irq_register(plan->board.htimer_irq, main_timer_irq, NULL) != OK) {
		panic("no room for the timer's interrupt");
	}
	if (irqc->cpu_init(cpu_self()) != OK) {
		log_print(LOG_ERROR, "%s: the interrupt controller does not answer", dev->path);
		main_give_up();
	}
	cpu_timer_claim();
}

/* Every bus master is off from here on, whoever it belongs to. */
static void main_pci(const struct plan *plan)
{
	enum err e = pci_init(plan);

	if (e == ERR_UNSUPPORTED) {
		log_print(LOG_ERROR, "a PCI host bridge has no driver; it stays as firmware left it");
	} else if (e != OK) {
		log_print(LOG_ERROR, "no boot memory is left for all of the PCI functions");
	}
}

/* Its PCI functions and what they may reach. Returns what is wrong; NULL: nothing. */
static const char *main_devices(struct part *p)
{
	const char *what = NULL;

	switch (dma_part_init(p)) {
	case OK:
		return pci_part_init(p, &what) != OK ? what : NULL;
	case ERR_SIZE:
		return "no boot memory is left for the tables of its devices' DMA";
	case ERR_RANGE:
		return "its memory, or a device, is beyond the reach of its IOMMU";
	default:
		return "the IOMMU of its devices cannot be used";
	}
}

/* The machine its guest sees, but for devices. Returns what is wrong; NULL: nothing. */
static const char *main_machine(struct part *p)
{
	enum err vic = ERR_STATE;

	if (gtree_open(p) != OK) {
		return "no boot memory is left for its guest tree";
	} else if (arch_gspace_init(p) != OK) {
		return "no boot memory is left for its memory tables";
	} else if ((vic = vic_init(p)) == ERR_NONE) {
		return "the interrupt controller does not know one of its CPUs";
	} else if (vic == ERR_UNSUPPORTED) {
		return "the interrupt controller cannot deliver interrupts as the layout insists";
	} else if (vic == ERR_STATE) {
		return "the interrupt controller does not take messages of its devices";
	} else if (vic != OK) {
		return "no boot memory is left for its interrupt controller";
	} else if (vuart_init(p) != OK) {
		return "no boot memory is left for its virtual UART";
	}
	return NULL;
}

/* What one partition needs before it can start; a failure costs only that partition. */
static void main_partition(struct part *p)
{
	const char *what = main_machine(p);

	if (what == NULL) {
		what = main_devices(p);
	}
	p->is_usable = what == NULL;
	if (what != NULL) {
		fmt_print(p->stop_text, sizeof(p->stop_text), "%s", what);
		log_print(LOG_ERROR, "%s: %s", p->plan->name, what);
	}
}

static void main_partitions(const struct plan *plan)
{
	errq_global = errq_create();
	if (part_init_all(plan) != OK || bc_init(plan) != OK || errq_global == NULL) {
		panic("boot memory of %u KiB is too small for this layout",
		      (unsigned int)(pool_size() / 1024));
	}
	if (mux_init(plan) != OK) {
		log_print(LOG_ERROR, "a mux has no UART or channel to run over");
	}
	for (unsigned int i = 0; i < part_count; i++) {
		if (parts[i].plan->is_valid) {
			main_partition(&parts[i]);
		}
	}
}

static bool main_all_arrived(void)
{
	for (unsigned int i = 0; i < cpu_count; i++) {
		if (__atomic_load_n(&cpus[i].state, __ATOMIC_ACQUIRE) == CPU_STARTING) {
			return false;
		}
	}
	return true;
}

static void main_secondaries(const struct plan *plan)
{
	uint64_t wait = MAIN_ARRIVE_US;

	for (unsigned int i = 0; i < cpu_count; i++) {
		if (plan->cpus[i].is_boot || plan->cpus[i].start == PLAN_START_NEVER) {
			continue;
		}
		cpus[i].state = CPU_STARTING;
		if (arch_cpu_start(&cpus[i]) != OK) {
			cpus[i].state = CPU_ABSENT;
			log_print(LOG_ERROR, "%s: the CPU cannot be started", plan->cpus[i].path);
		}
	}
	(void)cpu_wait_until(main_all_arrived(), wait);
	for (unsigned int i = 0; i < cpu_count; i++) {
		if (cpus[i].state == CPU_STARTING) {
			log_print(LOG_ERROR, "%s: the CPU was started but has not arrived",
				  plan->cpus[i].path);
		}
	}
}

/* A CPU that runs no guest serves the console, if there is one: then no guest ever feels it. */
static struct cpu *main_server(void)
{
	for (unsigned int i = 0; i < cpu_count; i++) {
		if (cpus[i].vcpu == NULL && cpus[i].state == CPU_IDLE) {
			return &cpus[i];
		}
	}
	return cpu_self();
}

static void main_zero(const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->pma_count; i++) {
		if (plan->pmas[i].zero && hmem_zero(plan->pmas[i].base, plan->pmas[i].size) != OK) {
			log_print(LOG_ERROR, "%s: cannot be cleared", plan->pmas[i].path);
		}
	}
}

/* Its manager may start it as it is, without loading: what the layout names is there. */
static void main_preload(struct part *p)
{
	uint64_t entry;

	if (p->plan->image_count != 0 &&
	    load_images(p, &entry, p->stop_text, sizeof(p->stop_text)) != OK) {
		log_print(LOG_ERROR, "%s: is not loaded: %s", p->plan->name, p->stop_text);
	}
	doorbell_event(p, PLAN_EV_RESET_REQUEST);
	doorbell_event(p, PLAN_EV_STATE_CHANGE);
}

static void main_start(void)
{
	for (unsigned int i = 0; i < part_count; i++) {
		struct part *p = &parts[i];

		if (!p->is_usable) {
			continue;
		}
		if (p->plan->flags & PLAN_PART_NO_AUTO_START) {
			main_preload(p);
		} else if (part_start(p, true, 0) != OK) {
			log_print(LOG_ERROR, "%s: does not start: %s", p->plan->name, p->stop_text);
		}
	}
}

void hv_main(const struct boot_info *boot)
{
	uint64_t began = arch_time_now();
	struct plan *plan;
	struct range arena;

	crumb('1');
	if (!boot_hardware(boot)) {
		main_give_up();
	}
	crumb('2');
	plan = boot_plan();
	if (plan == NULL) {
		main_give_up();
	}
	boot_findings(plan, log_line);
	if (plan->is_fatal) {
		main_give_up();
	}
	main_number_cpus(plan);
	crumb('3');
	main_irqc(plan);
	if (uarts_init(plan) != OK) {
		log_print(LOG_WARN, "boot goes on without that UART");
	}
	main_pci(plan);
	if (dma_init(plan) != OK) {
		log_print(LOG_ERROR, "boot goes on without that IOMMU");
	}
	main_partitions(plan);
	crumb('4');
	arena = boot_seal(plan);
	arch_hmem_seal(plan, arena);
	pool_close();
	main_secondaries(plan);
	crumb('5');
	console_attach(main_server());
	if (uarts_serve(plan, console_cpu()) != OK) {
		log_print(LOG_ERROR, "no interrupt for a UART");
	}
	if (dma_serve(plan, console_cpu()) != OK) {
		log_print(LOG_ERROR, "no interrupt for an IOMMU");
	}
	main_zero(plan);
	main_start();
	boot_summary(plan, began, log_line);
	crumb('6');
	cpu_idle();
}
