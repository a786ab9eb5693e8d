/* SPDX-License-Identifier: BSD-3-Clause */
/* First process of a Linux guest: one kind of work after another between marks for the counting plugin. */
/* Prints `OP name count` before each, as the bench guests of the kit do, and switches the machine off. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define mark(n) __asm__ volatile("or %0,%0,%0" : : "i"(16 + (n)) : "memory")

static void op(const char *name, unsigned int n)
{
	printf("OP %s %u\n", name, n);
	fflush(stdout);
	usleep(50000); /* what was printed has left */
	mark(15);
}

#define OP(name, n, body)                                                                          \
	do {                                                                                       \
		op(name, n);                                                                       \
		mark(0);                                                                           \
		for (unsigned int i_ = 0; i_ < (n); i_++) {                                        \
			body;                                                                      \
		}                                                                                  \
		mark(1);                                                                           \
	} while (0)

static void bench_faults(void)
{
	enum { PAGES = 256 };
	volatile char *area = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	OP("page-fault", PAGES, area[i_ * 4096] = 1);
	OP("page-again", 20 * PAGES, area[i_ % PAGES * 4096] = 2);
	munmap((void *)area, PAGES * 4096);
}

/* A byte to another process and back: two switches, four system calls. */
static void bench_switch(void)
{
	int there[2], back[2];
	char byte = 0;
	pid_t child;

	if (pipe(there) != 0 || pipe(back) != 0) {
		return;
	}
	child = fork();
	if (child == 0) {
		while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1 && byte == 0) {
		}
		_exit(0);
	}
	OP("pipe-round-trip", 200, (void)!write(there[1], &byte, 1); (void)!read(back[0], &byte, 1));
	byte = 1;
	(void)!write(there[1], &byte, 1);
	waitpid(child, NULL, 0);
}

static void fork_once(void)
{
	pid_t child = fork();

	if (child == 0) {
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

int main(void)
{
	static const char line[64] = "sixty-three bytes of text, as long as a line of a kernel log is";
	uint32_t x = 1;

	mark(14); /* booted */
	OP("compute", 10000000, x = x * 1664525 + 1013904223; __asm__ volatile("" : "+r"(x)));
	OP("null-syscall", 1000, syscall(SYS_getppid));
	bench_faults();
	bench_switch();
	OP("fork-exit-wait", 50, fork_once());
	OP("console-63-bytes", 20, (void)!write(1, line, 63); (void)!write(1, "\n", 1));
	printf("PASS linux\nDONE 1\n");
	fflush(stdout);
	sleep(1);
	reboot(RB_POWER_OFF);
	for (;;) {
		pause();
	}
}
