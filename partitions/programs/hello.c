/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest partition: says who it is and echoes what is typed. */
/* boot CPU */
#include "facet/test.h"

int main(void)
{
	uint64_t base = 0, size = 0;

	fdt_ram(0, &base, &size);
	printf("hello from %s: %u CPU(s), %llu MiB at 0x%llx\n",
	       hv_present() ? "a partition" : "bare metal", cpu_count(),
	       (unsigned long long)size >> 20, (unsigned long long)base);
	test_pass("hello");
	test_done();
	while (hv_present()) {
		printf("you typed '%c'\n", con_wait());
	}
	return 0;
}
