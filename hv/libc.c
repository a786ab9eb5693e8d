/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's needs: an integer-only printf that finds no heap, and its stack-smash exit. */
/* any CPU, any lock */
#include <stdio.h>
#include <stdint.h>
#include <reent.h>

#include "hv/libc.h"
#include "hv/panic.h"

uintptr_t __stack_chk_guard = 0x595e9fbdu;
void __stack_chk_fail(void);
void *_malloc_r(struct _reent *r, size_t n);
void *_realloc_r(struct _reent *r, void *p, size_t n);
void _free_r(struct _reent *r, void *p);

int libc_vprint(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct _reent reent;

	/* Only the error number is used by string output; one structure a call keeps CPUs apart. */
	reent._errno = 0;
	return _vsniprintf_r(&reent, buf, size, fmt, ap);
}

void __stack_chk_fail(void)
{
	panic_plain("stack overrun detected");
}

/* printf asks for memory only for formats that are not used here. */
void *_malloc_r(struct _reent *r, size_t n)
{
	(void)r;
	(void)n;
	return NULL;
}

void *_realloc_r(struct _reent *r, void *p, size_t n)
{
	(void)r;
	(void)p;
	(void)n;
	return NULL;
}

void _free_r(struct _reent *r, void *p)
{
	(void)r;
	(void)p;
}
