/* SPDX-License-Identifier: BSD-3-Clause */
/* facetctl: a Linux partition looks after the partitions it manages. */
/* powerpc Linux over /dev/fsl-hv (CONFIG_FSL_HV_MANAGER); docs/user-guide.md */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv.h"
#include "image.h"
#include "names.h"

static const char usage[] =
    "usage: facetctl status [PARTITION]             its state, or of all that are managed\n"
    "       facetctl load PARTITION FILE [ADDRESS]  copy an ELF or a raw file into it\n"
    "       facetctl start PARTITION [ENTRY]        load the layout's images and start;\n"
    "                                               with ENTRY start what is in memory\n"
    "       facetctl stop|restart PARTITION\n"
    "       facetctl doorbell DOORBELL\n"
    "       facetctl getprop PARTITION NODE PROPERTY\n"
    "       facetctl setprop PARTITION NODE PROPERTY [string TEXT...|cells N...|bytes HEX]\n"
    "PARTITION: node name or label of a managed partition, a handle, or self\n"
    "DOORBELL:  node name of a send doorbell (PARTITION/shutdown too), or a handle\n";

static bool partition(const char *text, uint32_t *part)
{
	if (strcmp(text, "self") == 0) {
		*part = HV_SELF;
		return true;
	}
	return name_handle(NAME_PARTITION, text, part);
}

static bool number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno || !*text || *end || *text == '-' || *value > max) {
		fprintf(stderr, "facetctl: not a number here: '%s'\n", text);
		return false;
	}
	return true;
}

static bool cmd_status(int argc, char **argv)
{
	struct name name;
	uint32_t part, state;
	unsigned int i;

	if (argc == 1) {
		if (!partition(argv[0], &part) || !hv_status(part, &state)) {
			return false;
		}
		printf("%s\n", hv_state_name(state));
		return true;
	}
	for (i = 0; name_nth(NAME_PARTITION, i, &name); i++) {
		if (!hv_status(name.handle, &state)) {
			return false;
		}
		printf("%-16s %-16s handle %-4u %s\n", name.node, name.label, name.handle,
		       hv_state_name(state));
	}
	return true;
}

static bool cmd_load(int argc, char **argv)
{
	uint64_t to = 0, entry;
	uint32_t part;

	if (!partition(argv[0], &part) || (argc == 3 && !number(argv[2], UINT64_MAX, &to)) ||
	    !image_load(part, argv[1], to, &entry)) {
		return false;
	}
	printf("entry 0x%llx\n", (unsigned long long)entry);
	return true;
}

static bool cmd_start(int argc, char **argv)
{
	uint64_t entry = 0;
	uint32_t part;

	return partition(argv[0], &part) && (argc == 1 || number(argv[1], UINT32_MAX, &entry)) &&
	       hv_start(part, (uint32_t)entry, argc == 1);
}

static bool cmd_stop(int argc, char **argv)
{
	uint32_t part;

	(void)argc;
	return partition(argv[0], &part) && hv_stop(part);
}

static bool cmd_restart(int argc, char **argv)
{
	uint32_t part;

	(void)argc;
	return partition(argv[0], &part) && hv_restart(part);
}

static bool cmd_doorbell(int argc, char **argv)
{
	uint32_t handle;

	(void)argc;
	return name_handle(NAME_DOORBELL, argv[0], &handle) && hv_doorbell(handle);
}

/* Whether a value reads as one or more strings: printable, none empty, the last byte a NUL. */
static bool is_text(const unsigned char *v, uint32_t n)
{
	uint32_t i;

	if (n < 2 || v[n - 1] != '\0' || v[0] == '\0') {
		return false;
	}
	for (i = 0; i < n; i++) {
		if (v[i] == '\0' ? i && v[i - 1] == '\0' : !isprint(v[i])) {
			return false;
		}
	}
	return true;
}

static bool cmd_getprop(int argc, char **argv)
{
	static unsigned char value[HV_VALUE_MAX];
	uint32_t part, i, n = sizeof(value);

	(void)argc;
	if (!partition(argv[0], &part) || !hv_getprop(part, argv[1], argv[2], value, &n)) {
		return false;
	}
	if (is_text(value, n)) {
		for (i = 0; i < n; i += (uint32_t)strlen((char *)value + i) + 1) {
			printf("%s%s", i ? " " : "", (char *)value + i);
		}
	} else if (n % 4 == 0) {
		for (i = 0; i < n; i += 4) {
			printf("%s0x%02x%02x%02x%02x", i ? " " : "", value[i], value[i + 1], value[i + 2],
			       value[i + 3]);
		}
	} else {
		for (i = 0; i < n; i++) {
			printf("%02x", value[i]);
		}
	}
	printf("\n");
	return true;
}

/* Appends the value that one word stands for; false: it is none, or there is no room. */
static bool value_add(const char *kind, const char *word, unsigned char *value, uint32_t *n)
{
	size_t size = strlen(word);
	uint64_t x;
	int shift;

	if (strcmp(kind, "string") == 0 && size < HV_VALUE_MAX - *n) {
		memcpy(value + *n, word, size + 1);
		*n += (uint32_t)size + 1;
		return true;
	}
	if (strcmp(kind, "cells") == 0 && HV_VALUE_MAX - *n >= 4 && number(word, UINT32_MAX, &x)) {
		for (shift = 24; shift >= 0; shift -= 8) {
			value[(*n)++] = (unsigned char)(x >> shift);
		}
		return true;
	}
	if (strcmp(kind, "bytes") == 0 && size % 2 == 0 && size / 2 <= HV_VALUE_MAX - *n &&
	    strspn(word, "0123456789abcdefABCDEF") == size) {
		for (; *word; word += 2) {
			char byte[3] = {word[0], word[1], '\0'};

			value[(*n)++] = (unsigned char)strtoul(byte, NULL, 16);
		}
		return true;
	}
	fprintf(stderr, "facetctl: '%s %s' is no value\n", kind, word);
	return false;
}

static bool cmd_setprop(int argc, char **argv)
{
	static unsigned char value[HV_VALUE_MAX];
	uint32_t part, n = 0;
	int i;

	if (!partition(argv[0], &part)) {
		return false;
	}
	for (i = 4; i < argc; i++) {
		if (!value_add(argv[3], argv[i], value, &n)) {
			return false;
		}
	}
	return hv_setprop(part, argv[1], argv[2], value, n);
}

static const struct command {
	const char *name;
	int least, most; /* arguments */
	bool (*run)(int argc, char **argv);
} commands[] = {
    {"status", 0, 1, cmd_status},	{"load", 2, 3, cmd_load},
    {"start", 1, 2, cmd_start},		{"stop", 1, 1, cmd_stop},
    {"restart", 1, 1, cmd_restart},	{"doorbell", 1, 1, cmd_doorbell},
    {"getprop", 3, 3, cmd_getprop},	{"setprop", 3, 1024, cmd_setprop},
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];

		if (strcmp(argv[1], c->name) == 0 && argc - 2 >= c->least && argc - 2 <= c->most) {
			return hv_open() && c->run(argc - 2, argv + 2) ? 0 : 1;
		}
	}
	fputs(usage, stderr);
	return 2;
}
