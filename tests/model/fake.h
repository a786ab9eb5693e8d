/* SPDX-License-Identifier: BSD-3-Clause */
/* What model tests do with the fake machine: boot it, let guests act, look at what happened. */
/* model tests only */
#ifndef MODEL_FAKE_H
#define MODEL_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facet/hcall.h"
#include "hv/bc.h"
#include "hv/cpu.h"
#include "hv/iommu.h"
#include "hv/mux.h"
#include "hv/part.h"
#include "hv/part_cycle.h"
#include "hv/uart.h"

/* Host memory of the machine. */
#define FAKE_RAM_BASE UINT64_C(0x40000000)
#define FAKE_RAM_SIZE MIB(16)
extern uint8_t fake_ram[];

/* The plan of fake_plan.c. */
enum {
	FAKE_A, /* vcpus on CPUs 0 and 1; a channel to B, one to the mux, one to the UART */
	FAKE_B, /* vcpu on CPU 2; virtual UART on the mux */
	FAKE_M, /* vcpu on CPU 3; manages A and B */
	FAKE_X, /* vcpu on CPU 4, which never comes up */
	FAKE_PARTS,
	FAKE_CPUS = 6, /* CPU 5 is nobody's and serves the console */
};
#define FAKE_GPA UINT64_C(0x80000000) /* guest memory of each starts here */
#define FAKE_MEM MIB(2)
#define FAKE_RO UINT64_C(0x90000000)	 /* 4 KiB the guest may not write */
#define FAKE_SHARED UINT64_C(0xa0000000) /* 4 KiB shared by A and B */
#define FAKE_DTB (FAKE_GPA + MIB(1))
#define FAKE_VUART UINT64_C(0x9000000)
#define FAKE_IMAGES UINT64_C(0x40800000) /* host address of the images */
enum {
	FAKE_H_SELF = 1,    /* guest ids: A 1, B 2, M 3, X 4 */
	FAKE_H_AB = 64,	    /* A, B: channel between them */
	FAKE_H_MUX = 65,    /* A: channel to the mux, number 1 */
	FAKE_H_BELL = 66,   /* A: send doorbell, B and M receive */
	FAKE_H_ERRQ = 67,   /* all */
	FAKE_H_SHUT_A = 68, /* M: shutdown of A */
	FAKE_H_UART = 69,   /* A: channel to the second UART */
	FAKE_H_DMA = 70,    /* A: its first stream; B: the same, which is not its own */
	FAKE_H_OVER = 71,   /* B: channel to a second mux, number 3, ... */
	FAKE_H_CARRIER = 72, /* M: ... which this channel carries */
	FAKE_HANDLES = 73,
};
enum { /* interrupt numbers, the same in all partitions */
       FAKE_IRQ_AB_RX = 40,
       FAKE_IRQ_AB_TX,
       FAKE_IRQ_MUX_RX,
       FAKE_IRQ_MUX_TX,
       FAKE_IRQ_BELL,
       FAKE_IRQ_VUART,
       FAKE_IRQ_SHUTDOWN,
       FAKE_IRQ_STATE_A,
       FAKE_IRQ_RESET_A,
       FAKE_IRQ_STATE_B,
       FAKE_IRQ_RESET_B,
       FAKE_IRQ_WDOG_A,
       FAKE_IRQ_UART_RX,
       FAKE_IRQ_UART_TX,
};

/* Streams of the plan; their ids at the IOMMU are one more. */
enum {
	FAKE_S_ALL,    /* A: reaches all its memory */
	FAKE_S_WINDOW, /* A: reaches FAKE_WINDOW */
	FAKE_S_KEEP,   /* A: no-dma-disable */
	FAKE_S_B,
	FAKE_S_RANGE, /* nobody's: the ids from 1 on, of the bus that the others are on */
	FAKE_STREAMS = 16,
};
#define FAKE_WINDOW (FAKE_GPA + 0x40000)
#define FAKE_WINDOW_SIZE UINT64_C(0x8000)

struct fake_space {
	unsigned int count;
	struct iommu_map maps[8];
};

/* What hv/dma.c has told the IOMMU. */
struct fake_iommu {
	struct fake_space spaces[FAKE_STREAMS];
	unsigned int space_count;
	const struct fake_space *open[FAKE_STREAMS]; /* by id; NULL: blocked */
	bool is_stale;	  /* blocked, but not flushed yet */
	bool is_dead;	  /* does not answer */
	bool is_irq_on;
	unsigned int flushes, polls;
	struct iommu_fault faults[1024]; /* to be polled */
	unsigned int fault_count;
};
extern struct fake_iommu fake_iommu;
/* Host memory is touched: no device of a partition that starts may reach it. */
void fake_iommu_touch(uint64_t at);
/* A guest is entered: all its devices can. */
void fake_iommu_enter(const struct part *p);
/* A device is refused an access; the interrupt is delivered when the driver has it on. */
void fake_iommu_refuse(uint32_t id, enum iommu_reason reason, uint64_t at);

/* Once a program: everything hv_main() does after planning, without starting partitions. */
void fake_boot(void);
struct plan *fake_plan(void);
/* Let all CPUs work until nothing is left to do. */
void fake_run(void);
/* Start with the images of the plan and run until it is running; asserts that. */
void fake_start(unsigned int part);

/* The vcpu traps and fn runs on its CPU; returns when all is quiet again. */
typedef enum trap fake_op(struct vcpu *v, void *arg);
void fake_trap(struct vcpu *v, fake_op *fn, void *arg);
/* A hypercall of vcpu 0 with up to eight arguments; results stay in v->arch.x[1..]. */
uint64_t fake_hcall(unsigned int part, uint32_t token, unsigned int n, ...);
/* The vcpu keeps not answering kicks (as a direct-mode guest can), until its memory is revoked. */
void fake_deaf(struct vcpu *v, bool on);
/* For random order: one turn of one CPU if it has work; requests that do not run anything. */
void fake_step(unsigned int i);
void fake_deafen(struct vcpu *v, bool on);
void fake_time_jump(uint64_t us);
/* The vcpu will trap like this at its next turn, if it is in its guest now. */
void fake_try(struct vcpu *v, fake_op *fn, void *arg);
/* One access to guest-physical space. Returns the value; fault counts in v->arch.faults. */
uint64_t fake_load(struct vcpu *v, uint64_t at, unsigned int size);
void fake_store(struct vcpu *v, uint64_t at, unsigned int size, uint64_t x);
void fake_time_pass(uint64_t us);

/* The line side of a UART (0: under the mux, 1: under A's channel). */
void fake_uart_in(unsigned int uart, const void *bytes, unsigned int n);
unsigned int fake_uart_out(unsigned int uart, void *bytes, unsigned int n);
/* How many bytes it takes from the hypervisor until fake_uart_room() is called again. */
void fake_uart_room(unsigned int uart, unsigned int n);

extern unsigned int fake_resets;

/* Counts and forgets. */
unsigned int fake_raised(unsigned int part, unsigned int irq);

#endif
