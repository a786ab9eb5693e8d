/* SPDX-License-Identifier: BSD-3-Clause */
/* Images: every format placed right; cut short anywhere or damaged anywhere, never entered. */
#include <stdio.h>
#include <string.h>

#include "fake.h"
#include "hv/load.h"

static struct part *const a = &parts[FAKE_A];
static struct plan_image *image;
static uint8_t *const src = fake_ram + (FAKE_IMAGES - FAKE_RAM_BASE);
static uint8_t *const ram = fake_ram + MIB(2);
static char why[120];
static uint64_t entry;

static void put(uint8_t *at, uint64_t x, unsigned int n, bool is_le)
{
	for (unsigned int i = 0; i < n; i++) {
		at[is_le ? i : n - 1 - i] = (uint8_t)(x >> (8 * i));
	}
}

static enum err load(void)
{
	why[0] = 0;
	entry = 0;
	return load_images(a, &entry, why, sizeof(why));
}

static void use(uint64_t size, uint64_t dest, uint64_t window)
{
	image->size = size;
	image->dest = gpa(dest);
	image->window = window;
}

static int clear(void **state)
{
	(void)state;
	memset(src, 0, 0x20000);
	memset(ram, 0xcc, FAKE_MEM);
	return 0;
}

static void raw(void **state)
{
	(void)state;
	memset(src, 0x11, 0x3000);
	use(0x3000, FAKE_GPA + 0x10ff0, 0x3000);
	assert_int_equal(load(), OK);
	assert_int_equal(entry, FAKE_GPA + 0x10ff0);
	assert_int_equal(ram[0x10fef], 0xcc);
	assert_memory_equal(ram + 0x10ff0, src, 0x3000);
	assert_int_equal(ram[0x13ff0], 0xcc);
	use(0x3001, FAKE_GPA + 0x10ff0, 0x3000);
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "outside its window of 0x3000 bytes"));
	use(0x3000, FAKE_GPA + FAKE_MEM - 0x2fff, 0);
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "is not memory"));
	use(0x3000, FAKE_DTB - 0x2fff, 0);
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "dtb-window"));
	use(0x3000, UINT64_MAX - 0x1000, 0);
	assert_int_equal(load(), ERR_FORMAT);
	use(0x3000, IMAGE_AUTO, 0);
	assert_int_equal(load(), ERR_FORMAT);
	use(0, FAKE_GPA, 0);
	assert_int_equal(load(), ERR_FORMAT);
}

/* Two segments; the second begins with bss only after its file bytes. */
static void make_elf(void)
{
	static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

	clear(NULL);
	memcpy(src, ident, sizeof(ident));
	put(src + 16, 2, 2, true);
	put(src + 18, 183, 2, true);
	put(src + 24, 0xffff000000001010, 8, true); /* entry, virtual */
	put(src + 32, 64, 8, true);
	put(src + 54, 56, 2, true);
	put(src + 56, 2, 2, true);
	for (unsigned int i = 0; i < 2; i++) {
		uint8_t *h = src + 64 + 56 * i;

		put(h, 1, 4, true);
		put(h + 8, 0x1000 + 0x800 * i, 8, true);
		put(h + 16, 0xffff000000001000 + 0x4000 * i, 8, true);
		put(h + 24, FAKE_GPA + 0x8000 + 0x4000 * i, 8, true);
		put(h + 32, 0x800, 8, true);
		put(h + 40, i ? 0x1800 : 0x800, 8, true);
	}
	memset(src + 0x1000, 0x22, 0x800);
	memset(src + 0x1800, 0x33, 0x800);
	use(0x2000, IMAGE_AUTO, 0);
}

static void elf(void **state)
{
	(void)state;
	make_elf();
	assert_int_equal(load(), OK);
	assert_int_equal(entry, FAKE_GPA + 0x8010);
	assert_int_equal(ram[0x7fff], 0xcc);
	assert_memory_equal(ram + 0x8000, src + 0x1000, 0x800);
	assert_int_equal(ram[0x8800], 0xcc);
	assert_memory_equal(ram + 0xc000, src + 0x1800, 0x800);
	assert_int_equal(ram[0xc800], 0);
	assert_int_equal(ram[0xd7ff], 0);
	assert_int_equal(ram[0xd800], 0xcc);
	/* Moved as a whole. */
	use(0x2000, FAKE_GPA + 0x20000, 0x5800);
	assert_int_equal(load(), OK);
	assert_int_equal(entry, FAKE_GPA + 0x20010);
	assert_int_equal(ram[0x24000], 0x33);
	use(0x2000, FAKE_GPA + 0x20000, 0x57ff);
	assert_int_equal(load(), ERR_FORMAT);
}

static void elf_of_other_kinds(void **state)
{
	(void)state;
	make_elf();
	src[18] = 20;
	assert_int_equal(load(), ERR_FORMAT);
	make_elf();
	src[4] = 1;
	assert_int_equal(load(), ERR_FORMAT);
	make_elf();
	put(src + 24, 0xffff000000002000, 8, true);
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "lies in 0 segments"));
	make_elf();
	put(src + 64 + 56 + 16, 0xffff000000001000, 8, true);
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "lies in 2 segments"));
	make_elf();
	put(src + 56, 65, 2, true);
	assert_int_equal(load(), ERR_FORMAT);
	make_elf();
	put(src + 64 + 24, UINT64_MAX - 0x100, 8, true);
	assert_int_equal(load(), ERR_FORMAT);
	make_elf();
	put(src + 32, UINT64_MAX - 8, 8, true);
	assert_int_equal(load(), ERR_FORMAT);
}

/* Cut at every length: only the whole loads, and what does not load has changed nothing. */
static void elf_cut_short(void **state)
{
	(void)state;
	make_elf();
	memset(ram, 0xcc, FAKE_MEM);
	for (uint64_t n = 1; n < 0x2000; n++) {
		use(n, IMAGE_AUTO, 0);
		assert_int_not_equal(load(), OK);
		assert_int_equal(ram[0x8000], 0xcc);
		assert_int_equal(ram[0xc000], 0xcc);
	}
}

/* Any one byte of the headers at any value: no crash, no byte outside the partition. */
static void elf_damaged(void **state)
{
	static uint8_t before[64], after[64];

	(void)state;
	memcpy(before, fake_ram + MIB(4), sizeof(before));
	for (unsigned int at = 0; at < 64 + 112; at++) {
		for (unsigned int x = 0; x < 256; x += 5) {
			make_elf();
			src[at] = (uint8_t)x;
			if (load() == OK) {
				assert_true(entry - FAKE_GPA < FAKE_MEM);
			}
		}
	}
	memcpy(after, fake_ram + MIB(4), sizeof(after));
	assert_memory_equal(before, after, sizeof(before));
}

static void make_uimage(uint32_t size)
{
	clear(NULL);
	put(src, 0x27051956, 4, false);
	put(src + 12, size, 4, false);
	put(src + 16, (uint32_t)FAKE_GPA + 0x30000, 4, false);
	put(src + 20, (uint32_t)FAKE_GPA + 0x30040, 4, false);
	src[30] = 2;
	memset(src + 64, 0x44, 0x1000);
	use(64 + 0x1000, IMAGE_AUTO, 0);
}

static void uimage(void **state)
{
	(void)state;
	make_uimage(0x1000);
	assert_int_equal(load(), OK);
	assert_int_equal(entry, FAKE_GPA + 0x30040);
	assert_int_equal(ram[0x30000], 0x44);
	use(64 + 0x1000, FAKE_GPA + 0x50000, 0x1000);
	assert_int_equal(load(), OK);
	assert_int_equal(entry, FAKE_GPA + 0x50040);
	make_uimage(0x1001);
	assert_int_equal(load(), ERR_FORMAT);
	make_uimage(0x1000);
	put(src + 20, (uint32_t)FAKE_GPA + 0x31000, 4, false);
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "entry point"));
	make_uimage(0x1000);
	src[30] = 2;
	src[31] = 3;
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "compression 3"));
}

/* A gzip kernel: more comes out than goes in, in bounds all the way. */
static void uimage_gzip(void **state)
{
	FILE *f = popen("head -c 100000 /dev/zero | gzip -9n", "r");
	uint32_t n;

	(void)state;
	make_uimage(0);
	assert_non_null(f);
	n = (uint32_t)fread(src + 64, 1, 4096, f);
	assert_int_equal(pclose(f), 0);
	put(src + 12, n, 4, false);
	src[31] = 1;
	use(64 + n, IMAGE_AUTO, 0);
	image->dest = gpa(FAKE_GPA + 0x30ff0);
	assert_int_equal(load(), OK);
	assert_int_equal(entry, FAKE_GPA + 0x31030);
	assert_int_equal(ram[0x30fef], 0xcc);
	assert_int_equal(ram[0x30ff0], 0);
	assert_int_equal(ram[0x30ff0 + 99999], 0);
	assert_int_equal(ram[0x30ff0 + 100000], 0xcc);
	image->window = 99999;
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "outside its window"));
	image->window = 0;
	src[64 + n - 1] ^= 1;
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "damaged"));
}

static void image64(void **state)
{
	(void)state;
	put(src + 8, 0x1000, 8, true);
	put(src + 16, 0x4000, 8, true);
	put(src + 56, 0x644d5241, 4, true);
	use(0x2000, IMAGE_AUTO, 0);
	assert_int_equal(load(), OK);
	assert_int_equal(entry, FAKE_GPA + 0x1000);
	use(0x2000, FAKE_GPA + 0x1000, 0x4000);
	assert_int_equal(load(), OK);
	use(0x2000, FAKE_GPA + 0x1000, 0x3fff);
	assert_int_equal(load(), ERR_FORMAT);
	use(0x2000, FAKE_GPA, 0x8000);
	assert_int_equal(load(), ERR_FORMAT);
	assert_non_null(strstr(why, "past a 2 MiB boundary"));
}

static void initrd(void **state)
{
	struct plan_image *second = &a->plan->images[1];

	(void)state;
	*second = *image;
	use(0x100, FAKE_GPA + 0x1000, 0);
	second->role = PLAN_IMAGE_ROOTFS;
	second->size = 0x777;
	second->dest = gpa(FAKE_GPA + 0x40000);
	((struct plan_part *)a->plan)->image_count = 2;
	assert_int_equal(load(), OK);
	assert_int_equal(a->initrd_size, 0x777);
	assert_int_equal(entry, FAKE_GPA + 0x1000);
	((struct plan_part *)a->plan)->image_count = 0;
	assert_int_equal(load(), ERR_NONE);
	((struct plan_part *)a->plan)->image_count = 1;
}

static int boot(void **state)
{
	(void)state;
	fake_boot();
	image = &a->plan->images[0];
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(raw, clear),
	    cmocka_unit_test_setup(elf, clear),
	    cmocka_unit_test_setup(elf_of_other_kinds, clear),
	    cmocka_unit_test_setup(elf_cut_short, clear),
	    cmocka_unit_test_setup(elf_damaged, clear),
	    cmocka_unit_test_setup(uimage, clear),
	    cmocka_unit_test_setup(uimage_gzip, clear),
	    cmocka_unit_test_setup(image64, clear),
	    cmocka_unit_test_setup(initrd, clear),
	};

	return cmocka_run_group_tests_name("load", tests, boot, NULL);
}
