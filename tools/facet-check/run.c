/* SPDX-License-Identifier: BSD-3-Clause */
/* Files and other programs: read one whole, run the other with its streams in temporary files. */
/* host */
#include "tools/facet-check/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/facet-check/mem.h"

#define STEP ((size_t)1 << 16)

static bool read_stream(FILE *f, struct bytes *out)
{
	size_t cap = 0;

	out->data = mem_take(1);
	out->size = 0;
	for (;;) {
		size_t got;

		if (out->size + STEP + 1 > cap) {
			char *bigger;

			cap = cap ? cap * 4 : 4 * STEP;
			bigger = mem_take(cap);
			memcpy(bigger, out->data, out->size);
			out->data = bigger;
		}
		got = fread(out->data + out->size, 1, STEP, f);
		out->size += got;
		if (got == 0) {
			return !ferror(f);
		}
	}
}

bool run_read(const char *path, struct bytes *out)
{
	FILE *f = fopen(path, "rb");
	bool ok;
	int saved;

	if (!f) {
		return false;
	}
	ok = read_stream(f, out);
	saved = errno;
	fclose(f);
	errno = saved;
	return ok;
}

static FILE *scratch(void)
{
	FILE *f = tmpfile();

	if (!f) {
		perror("facet-check: cannot make a temporary file");
		exit(2);
	}
	return f;
}

static noreturn_fn void child(const char *const *argv, FILE *in, FILE *out, FILE *err)
{
	dup2(fileno(in), 0);
	dup2(fileno(out), 1);
	dup2(fileno(err), 2);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static struct bytes rewind_and_read(FILE *f)
{
	struct bytes b;

	rewind(f);
	if (!read_stream(f, &b)) {
		perror("facet-check: cannot read a temporary file");
		exit(2);
	}
	fclose(f);
	return b;
}

struct run run_program(const char *const *argv, const struct bytes *in)
{
	FILE *files[3] = {scratch(), scratch(), scratch()};
	struct run r = {.status = 127};
	int status;
	pid_t pid;

	fwrite(in->data, 1, in->size, files[0]);
	rewind(files[0]);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		child(argv, files[0], files[1], files[2]);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid) {
		r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 126;
	}
	fclose(files[0]);
	r.out = rewind_and_read(files[1]);
	r.err = rewind_and_read(files[2]);
	return r;
}
