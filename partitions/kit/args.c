/* SPDX-License-Identifier: BSD-3-Clause */
/* Parameters of a program: name=value words in /chosen/bootargs. */
/* any CPU, read-only */
#include "kit/kit.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

static const char *arg_find(const char *name)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	const char *word = fdt_getprop(fdt, chosen, "bootargs", NULL);
	size_t n = strlen(name);

	while (word && *word) {
		if (strncmp(word, name, n) == 0 && word[n] == '=') {
			return word + n + 1;
		}
		word = strchr(word, ' ');
		word += word ? strspn(word, " ") : 0;
	}
	return NULL;
}

uint64_t arg_u64(const char *name, uint64_t fallback)
{
	const char *value = arg_find(name);

	return value ? strtoull(value, NULL, 0) : fallback;
}

bool arg_text(const char *name, char *text, size_t size)
{
	const char *value = arg_find(name);
	size_t n = value ? strcspn(value, " ") : 0;

	if (!value || n >= size) {
		return false;
	}
	memcpy(text, value, n);
	text[n] = '\0';
	return true;
}
