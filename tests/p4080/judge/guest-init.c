/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First process of a guest or of the machine: forks, pipes, signals, sleeps, floats; then restarts.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 40

static volatile sig_atomic_t signals;

static void on_signal(int n)
{
	(void)n;
	signals++;
}

/* A child echoes what the pipe gives and signals its parent. */
static int echo_child(int *in, int *out)
{
	char buf[64];
	long n = read(in[0], buf, sizeof(buf));

	write(out[1], buf, (size_t)n);
	kill(getppid(), SIGUSR1);
	_exit(n == 5 ? 0 : 1);
}

static int stress(void)
{
	int bad = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int a[2], b[2], status;
		char buf[64] = "";
		pid_t pid;

		if (pipe(a) || pipe(b))
			return 1;
		pid = fork();
		if (!pid)
			echo_child(a, b);
		write(a[1], "hello", 5);
		read(b[0], buf, 5);
		waitpid(pid, &status, 0);
		bad += status != 0 || memcmp(buf, "hello", 5) != 0;
		for (int k = 0; k < 2; k++) {
			close(a[k]);
			close(b[k]);
		}
	}
	return bad;
}

/* Machin's formula by double arithmetic. */
static int floats(void)
{
	double x5 = 0, x239 = 0, p5 = 1.0 / 5, p239 = 1.0 / 239, s = 1;

	for (int k = 1; k < 40; k += 2) {
		x5 += s * p5 / k;
		x239 += s * p239 / k;
		p5 /= 25;
		p239 /= 239 * 239;
		s = -s;
	}
	return fabs(4 * (4 * x5 - x239) - 3.14159265358979323846) > 1e-15;
}

int main(void)
{
	struct timespec t = {0, 30000000};
	int bad;

	signal(SIGUSR1, on_signal);
	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	printf("user space\n");
	bad = stress();
	nanosleep(&t, NULL);
	printf("stress: %d rounds, %d bad, signals %s, floats %s, %ld cpus\n", ROUNDS, bad,
	       signals == ROUNDS ? "ok" : "LOST", floats() ? "WRONG" : "ok",
	       sysconf(_SC_NPROCESSORS_ONLN));
	printf(bad || signals != ROUNDS || floats() ? "FAILED\n" : "all done\n");
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
