/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory ordering and the polite spin, each named for what it orders (Power ISA 2.06 Book II, 4.4). */
/* pure */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

/* In every wait loop: the shared-resources hint "yield" (or 27,27,27). */
static inline void cpu_relax(void)
{
	__asm__ volatile("or 27,27,27" ::: "memory");
}

/* Normal memory shared between CPUs. Prefer acquire/release atomics. */
static inline void smp_mb(void)
{
	__asm__ volatile("sync" ::: "memory");
}
static inline void smp_rmb(void)
{
	__asm__ volatile("lwsync" ::: "memory");
}
static inline void smp_wmb(void)
{
	__asm__ volatile("lwsync" ::: "memory");
}

/* Everything before it is complete, also for devices, before anything after it. */
static inline void dev_mb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

/* Writes to memory are seen by devices before later device writes. */
static inline void dev_wmb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

#endif
