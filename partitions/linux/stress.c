/* SPDX-License-Identifier: BSD-3-Clause */
/* Userland stress for a Linux guest: every result is checked, the first wrong one ends it. */
/*
 * usage: stress SECONDS [WORKERS]. Each worker goes through all rows until the time is over, at other
 * speeds than its neighbours: fork, pipes, signals, memory maps and their faults, context switches,
 * floating point beside signals, threads on one word. Last line: `STRESS PASS ...` or `STRESS FAIL ...`.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u

static uint32_t draw(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Children whose exit status is a function of what only they computed. */
static bool stress_fork(uint32_t seed)
{
	enum { CHILDREN = 8 };
	pid_t pid[CHILDREN];
	unsigned int i, good = 0;
	int status;

	for (i = 0; i < CHILDREN; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			uint32_t state = seed + i + 1;

			for (unsigned int n = 0; n < 1000; n++) {
				draw(&state);
			}
			_exit((int)(state & 0x7f));
		}
	}
	for (i = 0; i < CHILDREN; i++) {
		uint32_t state = seed + i + 1;

		for (unsigned int n = 0; n < 1000; n++) {
			draw(&state);
		}
		good += pid[i] > 0 && waitpid(pid[i], &status, 0) == pid[i] && WIFEXITED(status) &&
			WEXITSTATUS(status) == (int)(state & 0x7f);
	}
	return good == CHILDREN;
}

static bool read_all(int fd, void *to, size_t n)
{
	char *at = to;
	ssize_t got;

	while (n > 0) {
		got = read(fd, at, n);
		if (got <= 0 && errno != EINTR) {
			return false;
		}
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
	return true;
}

static bool write_all(int fd, const void *from, size_t n)
{
	const char *at = from;
	ssize_t put;

	while (n > 0) {
		put = write(fd, at, n);
		if (put <= 0 && errno != EINTR) {
			return false;
		}
		if (put > 0) {
			at += put;
			n -= (size_t)put;
		}
	}
	return true;
}

/* 256 KiB through a pipe in odd pieces, byte for byte. */
static bool stress_pipe(uint32_t seed)
{
	enum { TOTAL = 256 << 10 };
	static uint8_t block[5000];
	uint32_t out = seed | 1, in = seed | 1;
	bool good = true;
	int fds[2], status;
	size_t done, n, i;
	pid_t pid;

	if (pipe(fds) != 0 || (pid = fork()) < 0) {
		return false;
	}
	if (pid == 0) {
		close(fds[0]);
		for (done = 0; done < TOTAL; done += n) {
			n = TOTAL - done < sizeof(block) ? TOTAL - done : sizeof(block);
			for (i = 0; i < n; i++) {
				block[i] = (uint8_t)draw(&out);
			}
			if (!write_all(fds[1], block, n)) {
				_exit(1);
			}
		}
		_exit(0);
	}
	close(fds[1]);
	for (done = 0; done < TOTAL && good; done += n) {
		n = TOTAL - done < 777 ? TOTAL - done : 777;
		good = read_all(fds[0], block, n);
		for (i = 0; i < n && good; i++) {
			good = block[i] == (uint8_t)draw(&in);
		}
	}
	good = good && read(fds[0], block, 1) == 0;
	close(fds[0]);
	return waitpid(pid, &status, 0) == pid && status == 0 && good;
}

/* Two processes hand a counter to and fro: each hand-over is a context switch. */
static bool stress_switch(uint32_t seed)
{
	enum { ROUNDS = 300 };
	int there[2], back[2], status;
	uint32_t x = seed, i;
	bool good = true;
	pid_t pid;

	if (pipe(there) != 0 || pipe(back) != 0 || (pid = fork()) < 0) {
		return false;
	}
	if (pid == 0) {
		for (i = 0; i < ROUNDS; i++) {
			if (!read_all(there[0], &x, sizeof(x))) {
				_exit(1);
			}
			x = x * 3 + 1;
			write_all(back[1], &x, sizeof(x));
		}
		_exit(0);
	}
	for (i = 0; i < ROUNDS && good; i++) {
		uint32_t sent = x + i;

		good = write_all(there[1], &sent, sizeof(sent)) && read_all(back[0], &x, sizeof(x)) &&
		       x == sent * 3 + 1;
	}
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
	return waitpid(pid, &status, 0) == pid && status == 0 && good;
}

static volatile sig_atomic_t caught;
static sigjmp_buf after_fault;
static void *volatile fault_at;

static void count_signal(int sig)
{
	(void)sig;
	caught++;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	fault_at = info->si_addr;
	siglongjmp(after_fault, 1);
}

/* A child signals its parent; one at a time, so none may be lost. */
static bool stress_signal(uint32_t seed)
{
	enum { SIGNALS = 100 };
	struct sigaction action = {.sa_handler = count_signal};
	sigset_t block, old;
	int status;
	pid_t pid;

	(void)seed;
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &old);
	sigaction(SIGUSR1, &action, NULL);
	caught = 0;
	pid = fork();
	if (pid == 0) {
		for (unsigned int i = 0; i < SIGNALS; i++) {
			kill(getppid(), SIGUSR1);
			sigwaitinfo(&block, NULL);
		}
		_exit(0);
	}
	sigdelset(&old, SIGUSR1);
	for (int i = 1; i <= SIGNALS; i++) {
		while (caught < i) {
			sigsuspend(&old);
		}
		kill(pid, SIGUSR1);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return waitpid(pid, &status, 0) == pid && status == 0 && caught == SIGNALS;
}

static bool faults_at(volatile uint32_t *at, bool is_write)
{
	fault_at = NULL;
	if (sigsetjmp(after_fault, 1) == 0) {
		if (is_write) {
			*at = 1;
		} else {
			(void)*at;
		}
		return false;
	}
	return fault_at == (void *)(uintptr_t)at;
}

/* Maps, protections and the faults they make, copy on write, and what comes after munmap. */
static bool stress_mmap(uint32_t seed)
{
	enum { PAGES = 64, WORDS = PAGE / 4 };
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, was;
	uint32_t *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t i, victim = seed % PAGES;
	bool good = p != MAP_FAILED;
	int status = 1;
	pid_t pid;

	if (!good) {
		return false;
	}
	sigaction(SIGSEGV, &action, &was);
	for (i = 0; i < PAGES; i++) {
		good = good && p[i * WORDS] == 0;
		p[i * WORDS + i] = seed ^ i;
	}
	mprotect(p + victim * WORDS, PAGE, PROT_READ);
	good = good && faults_at(&p[victim * WORDS], true) && !faults_at(&p[victim * WORDS], false);
	mprotect(p + victim * WORDS, PAGE, PROT_NONE);
	good = good && faults_at(&p[victim * WORDS], false);
	mprotect(p + victim * WORDS, PAGE, PROT_READ | PROT_WRITE);
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < PAGES && p[i * WORDS + i] == (seed ^ i); i++) {
			p[i * WORDS + i] = ~seed;
		}
		_exit(i != PAGES);
	}
	good = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 && good;
	for (i = 0; i < PAGES; i++) {
		good = good && p[i * WORDS + i] == (seed ^ i);
	}
	munmap(p, PAGES * PAGE);
	good = good && faults_at(p, false);
	sigaction(SIGSEGV, &was, NULL);
	return good;
}

/* The same series with and without signals and switches in between: the same bits. */
static double series(unsigned int terms)
{
	double sum = 0, sign = 1;

	for (unsigned int i = 0; i < terms; i++) {
		sum += sign / (2.0 * i + 1.0);
		sign = -sign;
	}
	return 4 * sum;
}

static bool stress_float(uint32_t seed)
{
	enum { TERMS = 4000 };
	struct sigaction action = {.sa_handler = count_signal};
	struct itimerval every = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
	double wanted = series(TERMS), got = 0;
	bool good = fabs(wanted - 3.14159265358979) < 1e-3;

	(void)seed;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	for (unsigned int i = 0; i < 4 && good; i++) {
		got = series(TERMS);
		good = memcmp(&got, &wanted, sizeof(got)) == 0;
	}
	setitimer(ITIMER_REAL, &off, NULL);
	return good;
}

static struct {
	uint32_t word;    /* atomically */
	uint32_t guarded; /* under lock */
	pthread_mutex_t lock;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *add_up(void *arg)
{
	uint32_t n = *(const uint32_t *)arg;

	for (uint32_t i = 0; i < n; i++) {
		__atomic_fetch_add(&shared.word, 1, __ATOMIC_SEQ_CST);
		pthread_mutex_lock(&shared.lock);
		shared.guarded++;
		pthread_mutex_unlock(&shared.lock);
	}
	return NULL;
}

/* Reservations and futexes of threads, on as many CPUs as there are. */
static bool stress_threads(uint32_t seed)
{
	enum { THREADS = 4 };
	pthread_t thread[THREADS];
	uint32_t each = 2000 + seed % 100;
	unsigned int i, made = 0;

	shared.word = shared.guarded = 0;
	for (i = 0; i < THREADS; i++) {
		made += pthread_create(&thread[i], NULL, add_up, &each) == 0;
	}
	for (i = 0; i < made; i++) {
		pthread_join(thread[i], NULL);
	}
	return made == THREADS && shared.word == THREADS * each && shared.guarded == THREADS * each;
}

static const struct {
	const char *name;
	bool (*run)(uint32_t seed);
} rows[] = {
    {"fork", stress_fork},     {"pipe", stress_pipe}, {"switch", stress_switch},   {"signal", stress_signal},
    {"mmap", stress_mmap},     {"float", stress_float}, {"threads", stress_threads},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* Exit status 0, or 1 + the row that went wrong; each round begins at another row. */
static int work(unsigned int me, time_t end, volatile uint32_t *rounds)
{
	uint32_t state = me * 2654435761u + 1;

	while (time(NULL) < end) {
		unsigned int row = draw(&state) % ROWS;

		if (!rows[row].run(draw(&state))) {
			return 1 + (int)row;
		}
		rounds[row]++;
	}
	return 0;
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? strtol(argv[1], NULL, 0) : 10;
	long workers = argc > 2 ? strtol(argv[2], NULL, 0) : 2 * sysconf(_SC_NPROCESSORS_ONLN);
	/* A row of counters a worker, in memory they share. */
	uint32_t(*rounds)[ROWS] = mmap(NULL, (size_t)workers * sizeof(*rounds), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	time_t begin = time(NULL);
	int status, failed = 0, missing = 0;

	if (rounds == MAP_FAILED) {
		printf("STRESS FAIL no memory\n");
		return 1;
	}
	for (long i = 0; i < workers; i++) {
		if (fork() == 0) {
			_exit(work((unsigned int)i, begin + seconds, rounds[i]));
		}
	}
	while (wait(&status) > 0) {
		if (status != 0) {
			failed++;
			printf("STRESS: %s: status 0x%x\n",
			       WIFEXITED(status) && WEXITSTATUS(status) <= ROWS
				   ? rows[WEXITSTATUS(status) - 1].name
				   : "?",
			       (unsigned int)status);
		}
	}
	for (unsigned int row = 0; row < ROWS; row++) {
		uint32_t sum = 0;

		for (long i = 0; i < workers; i++) {
			sum += rounds[i][row];
		}
		missing += sum == 0;
		printf("STRESS: %s %u rounds\n", rows[row].name, (unsigned int)sum);
	}
	printf("STRESS %s %ld workers %ld s\n", failed || missing ? "FAIL" : "PASS", workers,
	       (long)(time(NULL) - begin));
	return failed != 0 || missing != 0;
}
