/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest partition: says who it is and echoes what is typed. */
/* boot CPU */
#include "facet/test.h"

int main(void)
{
	uint64_t base = 0, size = 0;
	int c;

	fdt_ram(0, &base, &size);
	printf("hello from %s: %u cpu(s), %llu MiB at 0x%llx\n", hv_present() ? "a partition" : "the bare machine",
	       cpu_count(), (unsigned long long)size >> 20, (unsigned long long)base);
	test_pass("hello");
	test_done();
	while ((c = hv_present() ? con_getc() : 'q') != 'q') {
		if (c >= 0) {
			printf("you typed '%c'\n", c);
		}
	}
	return 0;
}
