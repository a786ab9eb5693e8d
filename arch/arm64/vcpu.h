/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest CPU state, inside arch/arm64. */
/* own CPU */
#ifndef ARM64_VCPU_H
#define ARM64_VCPU_H

#include "hv/vcpu.h"

/* Copy what only the system registers hold to v->arch, for others to see; and the way back. */
void vcpu_save(struct vcpu *v);
void vcpu_load(const struct vcpu *v);

/* vectors.S */
noreturn_fn void vcpu_run(struct vcpu *v);

#endif
