/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercall numbers: the one header that hypervisor and guests share. */
/*
 * ppc: sc 1, r11 = token (vendor << 16 | number), r3.. arguments, r3 = status, r4.. results
 * (ePAPR 1.1 and Topaz). arm64: HVC #0, SMCCC 1.x fast call, x0 = function identifier, x1..
 * arguments, x0 = status, x1.. results; a 64-bit value travels in one register. The 16 data
 * bytes of a byte-channel call travel in two registers (arm64: first byte = least significant
 * byte of x3 on send, of x2 on receive; ppc: first byte = most significant byte of r5).
 */
#ifndef FACET_HCALL_H
#define FACET_HCALL_H

/* ePAPR calls (vendor 1; Topaz also takes vendor 0). */
#define EV_BYTE_CHANNEL_SEND 1
#define EV_BYTE_CHANNEL_RECEIVE 2
#define EV_BYTE_CHANNEL_POLL 3
#define EV_INT_SET_CONFIG 4
#define EV_INT_GET_CONFIG 5
#define EV_INT_SET_MASK 6
#define EV_INT_GET_MASK 7
#define EV_INT_IACK 9
#define EV_INT_EOI 10
#define EV_INT_SEND_IPI 11
#define EV_INT_SET_TASK_PRIORITY 12
#define EV_INT_GET_TASK_PRIORITY 13
#define EV_DOORBELL_SEND 14
#define EV_MSGSND 15
#define EV_IDLE 16
#define EV_CALLS 17

/* Freescale calls (vendor 2). */
#define FH_ERR_GET_INFO 1
#define FH_PARTITION_GET_DTPROP 2
#define FH_PARTITION_SET_DTPROP 3
#define FH_PARTITION_RESTART 4
#define FH_PARTITION_GET_STATUS 5
#define FH_PARTITION_START 6
#define FH_PARTITION_STOP 7
#define FH_PARTITION_MEMCPY 8
#define FH_DMA_ENABLE 9
#define FH_DMA_DISABLE 10
#define FH_SEND_NMI 11
#define FH_VMPIC_GET_MSIR 12
#define FH_SYSTEM_RESET 13
#define FH_GET_CORE_STATE 14
#define FH_ENTER_NAP 15
#define FH_EXIT_NAP 16
#define FH_CLAIM_DEVICE 17
#define FH_PARTITION_STOP_DMA 18
#define FH_DMA_ATTR_SET 19
#define FH_DMA_ATTR_GET 20
#define FH_CALLS 21

#define HCALL_VENDOR_EPAPR 1
#define HCALL_VENDOR_FSL 2
#define HCALL_TOKEN(vendor, number) ((vendor) << 16 | (number))

/* arm64 function identifiers: fast, 64-bit, owner 6 (vendor-specific hypervisor service). */
#define HCALL_SMCCC(vendor, number) (0xc6000000u | (vendor) << 8 | (number))
/* Standard queries of that owner (SMCCC 6.2). */
#define HCALL_SMCCC_COUNT 0x8600ff00u
#define HCALL_SMCCC_UID 0x8600ff01u
#define HCALL_SMCCC_REVISION 0x8600ff03u
#define HCALL_REVISION_MAJOR 1
#define HCALL_REVISION_MINOR 0

#endif
