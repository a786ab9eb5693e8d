/* SPDX-License-Identifier: BSD-3-Clause */
/* Looks for handles in /proc/device-tree/hypervisor/handles and one level below. */
/* doorbells of a managed partition are its children; docs/binding.md 9 */
#include "names.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANDLES "/proc/device-tree/hypervisor/handles"
#define PATH_SIZE 512

/* Bytes of a property, at most size; -1: the node has not got it. */
static int property(const char *node, const char *name, void *value, size_t size)
{
	char path[PATH_SIZE];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), HANDLES "/%s/%s", node, name);
	f = fopen(path, "r");
	if (!f) {
		return -1;
	}
	n = fread(value, 1, size, f);
	fclose(f);
	return (int)n;
}

static bool is_compatible(const char *node, const char *wanted)
{
	char list[256];
	int n = property(node, "compatible", list, sizeof(list) - 1);
	int at;

	list[n < 0 ? 0 : n] = '\0';
	for (at = 0; at < n; at += (int)strlen(list + at) + 1) {
		if (strcmp(list + at, wanted) == 0) {
			return true;
		}
	}
	return false;
}

static bool name_read(const char *node, struct name *out)
{
	unsigned char cell[4];
	int n;

	if (strlen(node) >= sizeof(out->node) || property(node, "hv-handle", cell, 4) != 4) {
		return false;
	}
	strcpy(out->node, node);
	out->handle = (uint32_t)cell[0] << 24 | (uint32_t)cell[1] << 16 | (uint32_t)cell[2] << 8 | cell[3];
	n = property(node, "label", out->label, sizeof(out->label) - 1);
	out->label[n < 0 ? 0 : n] = '\0';
	return true;
}

/* Looks at one folder below HANDLES ("": HANDLES itself); counts *n down to the wanted one. */
static bool folder_nth(const char *folder, const char *compatible, unsigned int *n, struct name *found)
{
	char path[PATH_SIZE], node[2 * NAME_SIZE];
	struct dirent *entry;
	bool is_found = false;
	DIR *dir;

	snprintf(path, sizeof(path), HANDLES "/%s", folder);
	dir = opendir(path);
	while (dir && !is_found && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    strlen(folder) + strlen(entry->d_name) + 2 > NAME_SIZE) {
			continue;
		}
		snprintf(node, sizeof(node), "%s%s%s", folder, folder[0] ? "/" : "", entry->d_name);
		if (is_compatible(node, compatible) && name_read(node, found)) {
			is_found = (*n)-- == 0;
		}
	}
	if (dir) {
		closedir(dir);
	}
	return is_found;
}

bool name_nth(const char *compatible, unsigned int n, struct name *found)
{
	struct name part;
	unsigned int i, parts;

	if (folder_nth("", compatible, &n, found)) {
		return true;
	}
	for (i = 0; parts = i, folder_nth("", NAME_PARTITION, &parts, &part); i++) {
		if (folder_nth(part.node, compatible, &n, found)) {
			return true;
		}
	}
	return false;
}

bool name_handle(const char *compatible, const char *text, uint32_t *handle)
{
	struct name name;
	unsigned int i;
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 0);
	if (*text && !*end && !errno && number <= UINT32_MAX) {
		*handle = (uint32_t)number;
		return true;
	}
	for (i = 0; name_nth(compatible, i, &name); i++) {
		if (strcmp(text, name.node) == 0 || strcmp(text, name.label) == 0) {
			*handle = name.handle;
			return true;
		}
	}
	fprintf(stderr, "facetctl: no %s is called '%s'; there %s", compatible, text,
		i ? "are" : "is none");
	for (i = 0; name_nth(compatible, i, &name); i++) {
		fprintf(stderr, " %s", name.node);
	}
	fprintf(stderr, "\n");
	return false;
}
