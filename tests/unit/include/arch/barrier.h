/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory ordering on the host, where a test's device acts at once: none is needed. */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

static inline void dev_mb(void)
{
}

static inline void dev_wmb(void)
{
}

#endif
