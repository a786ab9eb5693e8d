/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls at their edges: every call with bad handles, lengths and addresses changes nothing. */
#include <string.h>

#include "fake.h"
#include "hv/errq.h"

#define U(x) ((uint64_t)(x))
#define EV(n) HCALL_TOKEN(1, n)
#define FH(n) HCALL_TOKEN(2, n)
#define REG(part, n) (parts[part].vcpus[0].arch.x[n])

static const uint64_t edges[] = {
    0,
    1,
    2,
    3,
    15,
    16,
    17,
    63,
    FAKE_H_AB,
    FAKE_H_BELL,
    FAKE_HANDLES,
    1023,
    1024,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000,
    FAKE_GPA,
    FAKE_GPA + FAKE_MEM - 1,
    FAKE_GPA + FAKE_MEM,
    FAKE_RO,
    FAKE_SHARED,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xffffffffffffffff,
};

/* Calls that may change a partition's state are tried with handles that mean nobody. */
static bool is_lifecycle(uint32_t token)
{
	return token == FH(FH_PARTITION_STOP) || token == FH(FH_PARTITION_RESTART) ||
	       token == FH(FH_PARTITION_START);
}

/* Whatever the arguments, the caller goes on, with a status of the list. */
static void every_call_with_every_edge(void **state)
{
	(void)state;
	for (uint32_t vendor = 0; vendor < 4; vendor++) {
		for (uint32_t number = 0; number < 24; number++) {
			for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++) {
				uint32_t token = HCALL_TOKEN(vendor, number);
				uint64_t e = edges[i];
				uint64_t s;

				if (is_lifecycle(token) &&
				    (e == 1 || e == 0xffffffff || e == UINT64_MAX)) {
					continue;
				}
				for (unsigned int k = 0; k < ARRAY_SIZE(edges); k++) {
					uint64_t f = edges[k];

					/* A copy of a huge valid list would only take long. */
					if (token == FH(FH_PARTITION_MEMCPY) && f > 100) {
						f = 100;
					}
					s = fake_hcall(FAKE_A, token, 8, e, f, e, f, f, e, f, e);
					assert_true(s <= HC_BUFFER_OVERFLOW);
				}
			}
		}
	}
	assert_int_equal(parts[FAKE_A].state, PART_RUNNING);
	assert_int_equal(parts[FAKE_B].state, PART_RUNNING);
	assert_int_equal(parts[FAKE_A].starts, 1);
}

static void tokens(void **state)
{
	(void)state;
	assert_int_equal(fake_hcall(FAKE_A, EV(EV_BYTE_CHANNEL_POLL) | 0x80000000, 1, U(FAKE_H_AB)),
			 HC_OK);
	assert_int_equal(fake_hcall(FAKE_A, EV_BYTE_CHANNEL_POLL, 1, U(FAKE_H_AB)), HC_OK);
	assert_int_equal(fake_hcall(FAKE_A, HCALL_TOKEN(42, FH_PARTITION_GET_STATUS), 1, U(1)),
			 HC_UNIMPLEMENTED);
	assert_int_equal(fake_hcall(FAKE_A, EV(EV_CALLS), 0), HC_UNIMPLEMENTED);
	assert_int_equal(fake_hcall(FAKE_A, FH(FH_CALLS), 0), HC_UNIMPLEMENTED);
	assert_int_equal(fake_hcall(FAKE_A, FH(0), 0), HC_UNIMPLEMENTED);
	assert_int_equal(fake_hcall(FAKE_A, EV(8), 0), HC_UNIMPLEMENTED);
	assert_int_equal(fake_hcall(FAKE_A, EV(0xffff), 0), HC_UNIMPLEMENTED);
}

static void user_mode_is_refused(void **state)
{
	(void)state;
	parts[FAKE_A].vcpus[0].arch.is_user = true;
	assert_int_equal(fake_hcall(FAKE_A, FH(FH_PARTITION_STOP), 1, U(UINT32_MAX)), HC_EPERM);
	assert_int_equal(fake_hcall(FAKE_A, EV(EV_DOORBELL_SEND), 1, U(FAKE_H_BELL)), HC_EPERM);
	parts[FAKE_A].vcpus[0].arch.is_user = false;
	assert_int_equal(parts[FAKE_A].state, PART_RUNNING);
}

static void channel_edges(void **state)
{
	(void)state;
	assert_int_equal(fake_hcall(FAKE_A, EV(EV_BYTE_CHANNEL_SEND), 2, U(FAKE_H_AB), U(17)),
			 HC_EINVAL);
	assert_int_equal(
	    fake_hcall(FAKE_A, EV(EV_BYTE_CHANNEL_RECEIVE), 2, U(FAKE_H_AB), U(0xffffffff)), HC_OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++) {
		if (edges[i] == FAKE_H_AB) {
			continue;
		}
		assert_int_equal(fake_hcall(FAKE_B, EV(EV_BYTE_CHANNEL_SEND), 2, edges[i], U(1)),
				 HC_EINVAL);
		assert_int_equal(fake_hcall(FAKE_B, EV(EV_BYTE_CHANNEL_POLL), 1, edges[i]),
				 HC_EINVAL);
		assert_int_equal(fake_hcall(FAKE_B, EV(EV_DOORBELL_SEND), 1, edges[i]), HC_EINVAL);
	}
}

static void status_and_handles(void **state)
{
	(void)state;
	assert_int_equal(fake_hcall(FAKE_A, FH(FH_PARTITION_GET_STATUS), 1, U(UINT32_MAX)), HC_OK);
	assert_int_equal(REG(FAKE_A, 1), PART_RUNNING);
	assert_int_equal(fake_hcall(FAKE_A, FH(FH_PARTITION_GET_STATUS), 1, U(1)), HC_OK);
	assert_int_equal(fake_hcall(FAKE_A, FH(FH_PARTITION_GET_STATUS), 1, U(2)), HC_EINVAL);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_GET_STATUS), 1, U(2)), HC_OK);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_GET_STATUS), 1, U(4)), HC_EINVAL);
	assert_int_equal(fake_hcall(FAKE_A, FH(FH_SYSTEM_RESET), 0), HC_EPERM);
	assert_int_equal(fake_resets, 0);
}

static void manager_controls(void **state)
{
	(void)state;
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_START), 3, U(2), U(0), U(1)),
			 HC_INVALID_STATE);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_STOP), 1, U(2)), HC_OK);
	assert_int_equal(parts[FAKE_B].state, PART_STOPPED);
	assert_int_equal(parts[FAKE_B].stopped_by, PART_BY_MANAGER);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_RESTART), 1, U(2)), HC_INVALID_STATE);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_STOP), 1, U(2)), HC_INVALID_STATE);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_STOP_DMA), 1, U(2)), HC_OK);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_START), 3, U(2), U(FAKE_GPA), U(0)),
			 HC_OK);
	assert_int_equal(parts[FAKE_B].state, PART_RUNNING);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_RESTART), 1, U(2)), HC_OK);
	assert_int_equal(parts[FAKE_B].state, PART_RUNNING);
	assert_int_equal(parts[FAKE_B].starts, 3);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_STOP_DMA), 1, U(2)), HC_INVALID_STATE);
}

static uint8_t *mem(unsigned int part, uint64_t g_at)
{
	return fake_ram + MIB(2) * (part + 1) + (g_at - FAKE_GPA);
}

static void properties(void **state)
{
	uint64_t path = FAKE_GPA + 0x4ffa, name = FAKE_GPA + 0x6000, value = FAKE_GPA + 0x6100;

	(void)state;
	strcpy((char *)mem(FAKE_M, path), "/chosen/deep");
	strcpy((char *)mem(FAKE_M, name), "bootargs");
	strcpy((char *)mem(FAKE_M, value), "hello");
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_GET_DTPROP), 5, U(2), path, name, value, U(16)),
	    HC_ENOENT);
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(2), path, name, value, U(6)),
	    HC_OK);
	memset(mem(FAKE_M, value), 0xee, 16);
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_GET_DTPROP), 5, U(2), path, name, value, U(5)),
	    HC_BUFFER_OVERFLOW);
	assert_int_equal(REG(FAKE_M, 1), 6);
	assert_int_equal(mem(FAKE_M, value)[0], 0xee);
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_GET_DTPROP), 5, U(2), path, name, value, U(16)),
	    HC_OK);
	assert_int_equal(REG(FAKE_M, 1), 6);
	assert_string_equal((char *)mem(FAKE_M, value), "hello");
	/* Exactly the property is written, nothing behind it. */
	assert_int_equal(mem(FAKE_M, value)[6], 0xee);
	/* Ends of memory, strings that do not end, lengths beyond the limit. */
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_GET_DTPROP), 5, U(2),
				    FAKE_GPA + FAKE_MEM, name, value, U(16)),
			 HC_EFAULT);
	memset(mem(FAKE_M, FAKE_GPA + FAKE_MEM - 100), 'x', 100);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_GET_DTPROP), 5, U(2),
				    FAKE_GPA + FAKE_MEM - 100, name, value, U(16)),
			 HC_EFAULT);
	memset(mem(FAKE_M, FAKE_GPA + 0x8000), 'x', 4097);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_GET_DTPROP), 5, U(2), FAKE_GPA + 0x8000,
				    name, value, U(16)),
			 HC_EINVAL);
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(2), path, name, value, U(32769)),
	    HC_EINVAL);
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(2), path, name, value, U(32768)),
	    HC_ENOMEM);
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(4), path, name, value, U(6)),
	    HC_EINVAL);
	/* An alias is no path, least of all one that leads to itself. */
	strcpy((char *)mem(FAKE_M, path), "/aliases");
	strcpy((char *)mem(FAKE_M, name), "loop");
	strcpy((char *)mem(FAKE_M, value), "loop/x");
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(2), path, name, value, U(7)),
	    HC_OK);
	strcpy((char *)mem(FAKE_M, path), "loop");
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_GET_DTPROP), 5, U(2), path, name, value, U(7)),
	    HC_ENOENT);
	/* Filled up to the brim, the tree still takes what a restart adds. */
	strcpy((char *)mem(FAKE_M, path), "/f");
	for (unsigned int i = 0; i < 200; i++) {
		mem(FAKE_M, name)[0] = (uint8_t)('A' + i % 26);
		mem(FAKE_M, name)[1] = (uint8_t)('A' + i / 26);
		(void)fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(2), path, name, value,
				 U(64));
	}
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(2), path, name, value, U(64)),
	    HC_ENOMEM);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_RESTART), 1, U(2)), HC_OK);
	assert_int_equal(parts[FAKE_B].state, PART_RUNNING);
	strcpy((char *)mem(FAKE_M, path), "alias");
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_SET_DTPROP), 5, U(2), path, name, value, U(6)),
	    HC_EINVAL);
}

static void copies(void **state)
{
	uint64_t list[8] = {FAKE_GPA + 0xff0, FAKE_GPA + 0x10008, 0x3010, 0,
			    FAKE_GPA,	      FAKE_GPA + 0x20000, 1,	  0};

	(void)state;
	for (unsigned int i = 0; i < 0x4000; i++) {
		mem(FAKE_M, FAKE_GPA + 0x40000)[i] = (uint8_t)(i * 3);
	}
	list[0] = FAKE_GPA + 0x40ff0 - 0xff0;
	memcpy(mem(FAKE_M, FAKE_GPA + 0x7000), list, sizeof(list));
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_MEMCPY), 4, U(-1), U(2), FAKE_GPA + 0x7000, U(2)),
	    HC_OK);
	assert_memory_equal(mem(FAKE_B, FAKE_GPA + 0x10008), mem(FAKE_M, FAKE_GPA + 0x40000),
			    0x3010);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_MEMCPY), 4, U(-1), U(2), U(0), U(0)),
			 HC_OK);
	assert_int_equal(fake_hcall(FAKE_M, FH(FH_PARTITION_MEMCPY), 4, U(-1), U(2), U(0), U(1)),
			 HC_EFAULT);
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_MEMCPY), 4, U(-1), U(4), FAKE_GPA + 0x7000, U(1)),
	    HC_EINVAL);
	/* One byte too far, wrapping, and into memory the target may only read. */
	list[0] = FAKE_GPA;
	list[1] = FAKE_GPA + FAKE_MEM - 0x100f;
	list[2] = 0x1010;
	memcpy(mem(FAKE_M, FAKE_GPA + 0x7000), list, sizeof(list));
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_MEMCPY), 4, U(-1), U(2), FAKE_GPA + 0x7000, U(1)),
	    HC_EFAULT);
	list[2] = UINT64_MAX;
	memcpy(mem(FAKE_M, FAKE_GPA + 0x7000), list, sizeof(list));
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_MEMCPY), 4, U(-1), U(2), FAKE_GPA + 0x7000, U(1)),
	    HC_EFAULT);
	list[1] = FAKE_RO;
	list[2] = 16;
	memcpy(mem(FAKE_M, FAKE_GPA + 0x7000), list, sizeof(list));
	assert_int_equal(
	    fake_hcall(FAKE_M, FH(FH_PARTITION_MEMCPY), 4, U(-1), U(1), FAKE_GPA + 0x7000, U(1)),
	    HC_EFAULT);
}

static void error_queue(void **state)
{
	struct errq_record r = {
	    .domain = "machine check", .error = "none", .path = "/hw", .g_path = "/guest"};
	uint64_t at = FAKE_GPA + 0x9000;

	(void)state;
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(751), at, U(0)),
	    HC_EINVAL);
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(752), at, U(2)),
	    HC_EINVAL);
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(752), U(0x123), U(0)),
	    HC_EFAULT);
	assert_int_equal(fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_AB), U(752), at, U(0)),
			 HC_EINVAL);
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(752), at, U(0)),
	    HC_ENOENT);
	assert_true(errq_put(parts[FAKE_A].errq, &r));
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(752), U(FAKE_RO), U(0)),
	    HC_EFAULT);
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(752), at, U(1)), HC_OK);
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(752), at, U(0)), HC_OK);
	assert_int_equal(REG(FAKE_A, 1), 752);
	assert_string_equal((char *)mem(FAKE_A, at), "machine check");
	assert_string_equal((char *)mem(FAKE_A, at) + 416, "/guest");
	assert_int_equal(
	    fake_hcall(FAKE_A, FH(FH_ERR_GET_INFO), 4, U(FAKE_H_ERRQ), U(752), at, U(0)),
	    HC_ENOENT);
	for (unsigned int i = 0; i < 16; i++) {
		assert_true(errq_put(parts[FAKE_A].errq, &r));
	}
	assert_false(errq_put(parts[FAKE_A].errq, &r));
	assert_int_equal(errq_lost(parts[FAKE_A].errq), 1);
	errq_clear(parts[FAKE_A].errq);
}

/* A self-stop never returns to the caller. */
static void stop_of_oneself(void **state)
{
	(void)state;
	(void)fake_hcall(FAKE_A, FH(FH_PARTITION_STOP), 1, U(UINT32_MAX));
	assert_int_equal(parts[FAKE_A].state, PART_STOPPED);
	assert_int_equal(parts[FAKE_A].stopped_by, PART_BY_SELF);
	fake_start(FAKE_A);
	(void)fake_hcall(FAKE_A, FH(FH_PARTITION_RESTART), 1, U(UINT32_MAX));
	assert_int_equal(parts[FAKE_A].state, PART_RUNNING);
}

static int boot(void **state)
{
	(void)state;
	fake_boot();
	fake_start(FAKE_A);
	fake_start(FAKE_B);
	fake_start(FAKE_M);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_call_with_every_edge),
	    cmocka_unit_test(tokens),
	    cmocka_unit_test(user_mode_is_refused),
	    cmocka_unit_test(channel_edges),
	    cmocka_unit_test(status_and_handles),
	    cmocka_unit_test(manager_controls),
	    cmocka_unit_test(properties),
	    cmocka_unit_test(copies),
	    cmocka_unit_test(error_queue),
	    cmocka_unit_test(stop_of_oneself),
	};

	return cmocka_run_group_tests_name("hcall", tests, boot, NULL);
}
