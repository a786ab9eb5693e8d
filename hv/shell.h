/* SPDX-License-Identifier: BSD-3-Clause */
/* The operator's shell on the hypervisor's byte channel. */
/* console CPU, no locks */
#ifndef HV_SHELL_H
#define HV_SHELL_H

#include "hv/types.h"

/* Characters typed. */
void shell_input(const uint8_t *bytes, uint32_t n);
/* Show the prompt and what has been typed so far. */
void shell_prompt(void);

#endif
