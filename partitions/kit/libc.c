/* SPDX-License-Identifier: BSD-3-Clause */
/* What newlib asks of the system below it: a console, a heap and an end. */
/* boot CPU */
#include "kit/kit.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>

#define HEAP_SIZE (256 * 1024)

static char heap[HEAP_SIZE] __attribute__((aligned(16)));
static size_t heap_used;

void *_sbrk(ptrdiff_t n);
int _write(int fd, const char *bytes, size_t n);
int _read(int fd, char *bytes, size_t n);
int _close(int fd);
int _fstat(int fd, struct stat *st);
int _isatty(int fd);
long _lseek(int fd, long offset, int whence);
int _kill(int pid, int sig);
int _getpid(void);
void _exit(int status) __attribute__((noreturn));

void *_sbrk(ptrdiff_t n)
{
	char *p = heap + heap_used;

	if (n > 0 ? (size_t)n > HEAP_SIZE - heap_used : (size_t)-n > heap_used) {
		errno = ENOMEM;
		return (void *)-1;
	}
	heap_used += (size_t)n;
	return p;
}

int _write(int fd, const char *bytes, size_t n)
{
	(void)fd;
	con_write(bytes, n);
	return (int)n;
}

int _read(int fd, char *bytes, size_t n)
{
	size_t i;
	int c;

	(void)fd;
	for (i = 0; i < n && (c = con_getc()) >= 0; i++) {
		bytes[i] = (char)c;
	}
	return (int)i;
}

int _close(int fd)
{
	(void)fd;
	errno = EBADF;
	return -1;
}

int _fstat(int fd, struct stat *st)
{
	(void)fd;
	st->st_mode = S_IFCHR;
	return 0;
}

int _isatty(int fd)
{
	return fd >= 0 && fd <= 2;
}

long _lseek(int fd, long offset, int whence)
{
	(void)fd;
	(void)offset;
	(void)whence;
	errno = ESPIPE;
	return -1;
}

int _kill(int pid, int sig)
{
	(void)pid;
	printf("signal %d\n", sig);
	_exit(sig);
}

int _getpid(void)
{
	return 1;
}

void _exit(int status)
{
	printf("exit %d\n", status);
	kit_halt();
}

/* The library's own variants format floating point, which guests do without. */
int vsnprintf(char *text, size_t size, const char *fmt, va_list args)
{
	return vsniprintf(text, size, fmt, args);
}

int snprintf(char *text, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsniprintf(text, size, fmt, args);
	va_end(args);
	return n;
}
