/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI function numbers and status codes (DEN0022), as served to guests and asked of firmware. */
/* pure */
#ifndef ARM64_PSCI_H
#define ARM64_PSCI_H

#include "hv/bits.h"

#define PSCI_VERSION 0x84000000u
#define PSCI_CPU_SUSPEND 0x84000001u
#define PSCI_CPU_OFF 0x84000002u
#define PSCI_CPU_ON 0x84000003u
#define PSCI_AFFINITY_INFO 0x84000004u
#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u
#define PSCI_FEATURES 0x8400000au
#define PSCI_64(fn) ((fn) | 0x40000000u)

#define SMCCC_VERSION 0x80000000u
#define SMCCC_ARCH_FEATURES 0x80000001u

#define PSCI_VERSION_1_1 0x10001u
#define SMCCC_VERSION_1_1 0x10001u

/* Status codes, 5.2.2 */
#define PSCI_OK 0u
#define PSCI_NOT_SUPPORTED (-1)
#define PSCI_INVALID (-2)
#define PSCI_DENIED (-3)
#define PSCI_ALREADY_ON (-4)
#define PSCI_ON_PENDING (-5)

enum {
	PSCI_AFF_ON = 0,
	PSCI_AFF_OFF = 1,
	PSCI_AFF_PENDING = 2,
};

/* Affinity of a vcpu as its guest sees it, in the format of MPIDR_EL1. */
uint64_t psci_mpidr(unsigned int vcpu);

#endif
