/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small virtual machine monitor for KVM on e500mc: one vCPU, RAM at 0, a byte-wide 16550 and
 * RSTCR by MMIO exits. Runs under mainline Linux on the model and boots mainline Linux.
 * usage: vmm NAME KERNEL DTB INITRD [CPU]
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAM_SIZE (48u << 20)
#define DTB_ADDR (40u << 20)
#define INITRD_ADDR (32u << 20)
#define UART 0xe0004500u
#define RSTCR 0xe00e00b0u
#define TLB0_ENTRIES 512
#define TLB1_ENTRIES 16

static const char *name;

static void check(long v, const char *what)
{
	if (v >= 0)
		return;
	perror(what);
	exit(1);
}

static void load(uint8_t *to, const char *path)
{
	int fd = open(path, O_RDONLY);
	long n;

	check(fd, path);
	while ((n = read(fd, to, 1 << 20)) > 0)
		to += n;
	close(fd);
}

/* Output comes out a line at a time, so that two guests stay readable. */
static void put(char ch)
{
	static char line[256];
	static unsigned len;

	if (ch == '\r')
		return;
	if (ch != '\n' && len < sizeof(line) - 1) {
		line[len++] = ch;
		return;
	}
	printf("[%s] %.*s\n", name, (int)len, line);
	fflush(stdout);
	len = 0;
}

/* True when the guest asked for a reset. */
static int mmio(struct kvm_run *run)
{
	uint64_t addr = run->mmio.phys_addr;

	if (!run->mmio.is_write) {
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
		if (addr == UART + 5)
			run->mmio.data[0] = 0x60;
		return 0;
	}
	if (addr == UART)
		put((char)run->mmio.data[0]);
	return addr == RSTCR && run->mmio.data[3] & 2;
}

static struct kvm_book3e_206_tlb_entry tlb[TLB0_ENTRIES + TLB1_ENTRIES];

/* The guest starts with 256 MB mapped one to one, as ePAPR wants. */
static void initial_tlb(int vcpu)
{
	static uint64_t dirty[(TLB0_ENTRIES + TLB1_ENTRIES + 63) / 64];
	struct kvm_book3e_206_tlb_params params = {
		.tlb_sizes = {TLB0_ENTRIES, TLB1_ENTRIES}, .tlb_ways = {4, TLB1_ENTRIES}};
	struct kvm_config_tlb cfg = {.params = (uintptr_t)&params, .array = (uintptr_t)tlb,
				     .mmu_type = KVM_MMU_FSL_BOOKE_NOHV,
				     .array_len = sizeof(tlb)};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB, .args = {(uintptr_t)&cfg}};
	struct kvm_dirty_tlb all = {.bitmap = (uintptr_t)dirty,
				    .num_dirty = TLB0_ENTRIES + TLB1_ENTRIES};

	check(ioctl(vcpu, KVM_ENABLE_CAP, &cap), "KVM_CAP_SW_TLB");
	tlb[TLB0_ENTRIES].mas1 = 0x80000000u | 18 << 7;
	tlb[TLB0_ENTRIES].mas7_3 = 0x15;
	memset(dirty, 0xff, sizeof(dirty));
	check(ioctl(vcpu, KVM_DIRTY_TLB, &all), "KVM_DIRTY_TLB");
}

static void pin(const char *cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(atoi(cpu), &set);
	check(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR);
	int vm, vcpu;
	uint8_t *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region mem = {.memory_size = RAM_SIZE,
						  .userspace_addr = (uintptr_t)ram};
	struct kvm_regs regs;
	struct kvm_run *run;

	check(argc >= 5 ? 0 : -1, "usage");
	check(kvm, "/dev/kvm");
	name = argv[1];
	load(ram, argv[2]);
	load(ram + DTB_ADDR, argv[3]);
	load(ram + INITRD_ADDR, argv[4]);
	if (argc > 5)
		pin(argv[5]);
	check(vm = ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &mem), "memory");
	check(vcpu = ioctl(vm, KVM_CREATE_VCPU, 0), "vcpu");
	run = mmap(NULL, (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE,
		   MAP_SHARED, vcpu, 0);
	initial_tlb(vcpu);
	check(ioctl(vcpu, KVM_GET_REGS, &regs), "KVM_GET_REGS");
	regs.pc = 0;
	regs.msr = 0;
	memset(regs.gpr, 0, sizeof(regs.gpr));
	regs.gpr[3] = DTB_ADDR;
	regs.gpr[6] = 0x65504150;
	regs.gpr[7] = 256u << 20;
	check(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	for (;;) {
		check(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
		if (run->exit_reason == KVM_EXIT_MMIO) {
			if (mmio(run))
				break;
		} else if (run->exit_reason != KVM_EXIT_INTR) {
			printf("[%s] exit reason %u\n", name, run->exit_reason);
			return 1;
		}
	}
	printf("[%s] guest reset\n", name);
	return 0;
}
