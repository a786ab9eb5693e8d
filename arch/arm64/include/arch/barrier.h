/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory ordering and the polite spin, each named for what it orders. */
/* pure */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

/*
 * In every wait loop. YIELD, not WFE: nobody sends an event, and QEMU under -icount runs another
 * CPU only when this one yields.
 */
static inline void cpu_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/* Normal memory shared between CPUs. Prefer acquire/release atomics. */
static inline void smp_mb(void)
{
	__asm__ volatile("dmb ish" ::: "memory");
}
static inline void smp_rmb(void)
{
	__asm__ volatile("dmb ishld" ::: "memory");
}
static inline void smp_wmb(void)
{
	__asm__ volatile("dmb ishst" ::: "memory");
}

/* Everything before it is complete, also for devices and table walkers, before anything after it. */
static inline void dev_mb(void)
{
	__asm__ volatile("dsb sy" ::: "memory");
}

/* Writes to memory are seen by devices (DMA, tables) before later device writes. */
static inline void dev_wmb(void)
{
	__asm__ volatile("dmb oshst" ::: "memory");
}

#endif
