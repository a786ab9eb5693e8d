/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest kit: what a bare-metal program in a partition can use, the same on both architectures.
 */
/* the program's main() runs on the partition's boot CPU, interrupts enabled, MMU on, identity map
 */
#ifndef FACET_FACET_H
#define FACET_FACET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- the device tree the partition was given ----------------------------------------------- */

extern const void *fdt;
/* Address and size of the n-th `reg` entry of a node in the CPU's physical space; false: no such.
 */
bool fdt_node_reg(int node, unsigned int n, uint64_t *addr, uint64_t *size);
/* Number of the n-th interrupt of a node as irq_on() takes it; 0: there is none. */
uint32_t fdt_node_irq(int node, unsigned int n);
/* A one-cell property; fallback when it is absent or has another size. */
uint32_t fdt_node_u32(int node, const char *name, uint32_t fallback);
/* The n-th node with this `compatible`, or a negative libfdt error. */
int fdt_node_compatible_n(const char *compatible, unsigned int n);
/* The n-th area of RAM in /memory nodes. */
bool fdt_ram(unsigned int n, uint64_t *addr, uint64_t *size);

/* Number given as name=N (decimal, 0x) in /chosen/bootargs. */
uint64_t arg_u64(const char *name, uint64_t fallback);
/* Text given as name=text, up to a blank; false: absent or longer than the buffer. */
bool arg_text(const char *name, char *text, size_t size);

/* ---- console: stdio goes to /chosen/stdout-path, else the first UART, else byte channel ------ */

/* A received byte, or -1 when none is waiting. */
int con_getc(void);
/* The same, but sleeps until there is one. Not in interrupt context. */
int con_wait(void);
/* Interrupt number of the console's receive interrupt, 0: none; con_irq_enable() makes it fire. */
uint32_t con_irq(void);
void con_irq_enable(bool on);

/* ---- time ------------------------------------------------------------------------------------ */

uint64_t time_now(void); /* ticks, the same on all CPUs */
uint64_t time_hz(void);
void time_delay_us(uint64_t us);
/* The same without an instruction executed meanwhile; takes this CPU's timer. */
void time_sleep_ms(unsigned int ms);
/* Call fn on this CPU, in interrupt context, at or after `when`; UINT64_MAX: never. One shot. */
void timer_set(uint64_t when, void (*fn)(void));
uint32_t timer_irq(void);

/* ---- interrupts ------------------------------------------------------------------------------ */

typedef void irq_fn(uint32_t irq, void *arg);
#define IRQ_MAX 1024
/* Unmask a line for this CPU (or CPU 0 for shared ones) and call fn for it. fn clears the cause. */
void irq_on(uint32_t irq, irq_fn *fn, void *arg);
void irq_off(uint32_t irq);
/* Send inter-processor interrupt 0..7 to a CPU of this partition (also to oneself). */
void irq_send(unsigned int cpu, unsigned int ipi);
/* Interrupt number under which ipi arrives. */
uint32_t irq_ipi(unsigned int ipi);
void irq_mask(void);
void irq_unmask(void);
/* Interrupts this CPU has taken that no handler was registered for. */
extern volatile uint32_t irq_spurious;
/* Handler that only counts: arg points to a uint32_t. For edges (doorbells). */
void irq_count(uint32_t irq, void *arg);

/* Sleep until cond holds; it is looked at after each interrupt, without a gap to miss one. */
#define IRQ_WAIT(cond)                                                                             \
	do {                                                                                       \
		irq_mask();                                                                        \
		while (!(cond)) {                                                                  \
			cpu_sleep();                                                               \
			irq_unmask();                                                              \
			irq_mask();                                                                \
		}                                                                                  \
		irq_unmask();                                                                      \
	} while (0)

/* Poll cond for at most ms milliseconds, letting other CPUs run; the value is cond's at the end. */
#define POLL_WAIT(cond, ms)                                                                        \
	({                                                                                         \
		uint64_t end__ = time_now() + (uint64_t)(ms)*time_hz() / 1000;                     \
		while (!(cond) && time_now() < end__) {                                            \
			cpu_relax();                                                               \
		}                                                                                  \
		(cond);                                                                            \
	})

/* ---- CPUs ------------------------------------------------------------------------------------ */

unsigned int cpu_index(void); /* 0: boot CPU */
unsigned int cpu_count(void); /* of this partition, at most KIT_CPUS */
#define KIT_CPUS 8
/* Start CPU n in fn; 0 or a negative PSCI / spin-table error. */
int cpu_start(unsigned int n, void (*fn)(void));
/* False: a CPU once started stays (ePAPR spin table). */
bool cpu_can_stop(void);
void cpu_stop(void);  /* this CPU; returns only when that was refused */
void cpu_sleep(void); /* until an interrupt is pending, masked or not */
void cpu_relax(void);
void system_off(void);
void system_reset(void);

/* ---- guarded accesses: a fault becomes a result ------------------------------------------------
 */

struct fault {
	uint64_t syndrome; /* ESR_EL1 / ESR+MCSR; 0: no fault */
	uint64_t addr;
	uint64_t pc;
};

/* size 1, 2, 4 or 8. False: the access faulted and *f tells how. */
bool guard_load(uint64_t addr, unsigned int size, uint64_t *value, struct fault *f);
bool guard_store(uint64_t addr, unsigned int size, uint64_t value, struct fault *f);

/* ---- hypercalls --------------------------------------------------------------------------------
 */

/* True when this program runs in a partition: the tree has a /hypervisor node of our kind. */
bool hv_present(void);
/* Any call: vendor and number (facet/hcall.h), up to seven argument registers (on ppc eight) in and out. */
struct hcall_regs {
	uint64_t r[9]; /* r[0]: status after the call; r[1]..: arguments and results */
};
uint64_t hcall(unsigned int vendor, unsigned int number, struct hcall_regs *io);
/* `hv-handle` of the n-th node compatible with this under /hypervisor/handles; 0: none. */
uint32_t hv_handle(const char *compatible, unsigned int n);
/* Node of /hypervisor/handles with this name; negative: none. */
int hv_node(const char *name);

unsigned int chan_send(uint32_t handle, const void *bytes, unsigned int n); /* taken, 0..n */
unsigned int chan_receive(uint32_t handle, void *bytes, unsigned int n);    /* got, 0..n */
uint64_t chan_poll(uint32_t handle, unsigned int *readable, unsigned int *room);
uint64_t doorbell_send(uint32_t handle);
uint64_t part_status(uint32_t handle, uint32_t *state);
uint64_t part_start(uint32_t handle, uint64_t entry, bool load);
uint64_t part_stop(uint32_t handle);
uint64_t part_restart(uint32_t handle);
#define PART_SELF 0xffffffffu
/* One piece of a copy; guest-physical addresses of the source and of the target partition. */
struct part_copy {
	uint64_t from, to, size, reserved;
} __attribute__((aligned(32)));
uint64_t part_memcpy(uint32_t from, uint32_t to, const struct part_copy *list, unsigned int count);
/* Properties of a partition's tree; *n: room, then the property's length. */
uint64_t part_getprop(uint32_t handle, const char *path, const char *name, void *value,
		      uint32_t *n);
uint64_t part_setprop(uint32_t handle, const char *path, const char *name, const void *value,
		      uint32_t n);

#endif
