/* SPDX-License-Identifier: BSD-3-Clause */
/* The plan: everything decided about the machine before any guest runs, in one immutable structure.
 */
/* pure; the same code and data on target and host */
#ifndef HV_PLAN_PLAN_H
#define HV_PLAN_PLAN_H

#include "hv/addr.h"

/*
 * All pointers point into the arena or into the two input blobs, which must stay where they were.
 * All "index" fields index the array of that noun in struct plan; NONE means "no such thing".
 */
#define NONE 0xffffu

enum plan_arch {
	PLAN_ARM64,
	PLAN_PPC,
};

/* ---------------------------------------------------------------- findings */

enum diag_severity {
	DIAG_WARNING,	/* runs as planned */
	DIAG_PARTITION, /* the partition named by .part does not start */
	DIAG_FATAL,	/* nothing starts */
};

/* One finding. .check indexes plan_checks[] (hv/plan/check.h): name and severity come from there.
 */
struct diag {
	uint16_t check;
	uint8_t severity;  /* enum diag_severity */
	uint16_t part;	   /* partition index or NONE */
	const char *path;  /* node in the partition tree (or "hw:" + path in the hardware tree) */
	const char *prop;  /* property the finding is about, or NULL */
	const char *other; /* second party of a conflict: a path as above, or NULL */
	const char *text;  /* one sentence: what is wrong, and what would be right */
};

/* ---------------------------------------------------------------- hardware */

/* Who owns a thing. Ownership is total: everything has exactly one of these. */
#define OWNER_NOBODY 0xfffeu
#define OWNER_HV 0xfffdu
/* any smaller value: the index of a partition */

struct plan_cpu {
	const char *path;
	uint64_t hw_id;	    /* MPIDR affinity bits / PIR; the `reg` of the cpu node */
	hpa_t release_addr; /* spin-table release address, when start is PLAN_START_SPIN */
	uint16_t owner;
	uint16_t vcpu; /* number inside the owning partition */
	uint8_t start; /* enum plan_cpu_start */
	bool is_boot;  /* the CPU the hypervisor was entered on */
	int node;      /* offset of its node in the hardware blob */
};

enum plan_cpu_start {
	PLAN_START_BOOT,
	PLAN_START_PSCI,
	PLAN_START_SPIN,
	PLAN_START_NEVER, /* the tree says it is not to be used */
};

enum plan_irq_flags {
	PLAN_IRQ_LEVEL = 1, /* else edge */
	PLAN_IRQ_LOW = 2,   /* active low / falling */
	PLAN_IRQ_PERCPU = 4,
};

#define LPI_FIRST 8192u /* GIC: interrupt numbers from here on are LPIs */

#define PLAN_IRQ_NONE UINT32_MAX /* the line does not end at the board's controller */

/* A physical interrupt line. arm64: GIC INTID; ppc: MPIC source number. */
struct plan_irq {
	uint32_t irq; /* or PLAN_IRQ_NONE */
	uint8_t flags;
	uint8_t error_bit; /* ppc: bit + 1 of the shared error interrupt, else 0 */
	uint16_t owner;
	uint16_t dev;	/* index of the device that names it, or NONE */
	uint32_t g_irq; /* number the guest sees: arm64 the same INTID; ppc the handle */
};

struct plan_reg {
	hpa_t base;
	uint64_t size;
	gpa_t guest; /* where the owner sees it; page offset equal to base's */
};

/* A node of the hardware tree that is, or may be, assigned. */
struct plan_dev {
	const char *path;	/* in the hardware tree */
	const char *compatible; /* first string; may be NULL */
	int node;		/* offset of the node in the hardware blob */
	int cfg_node; /* offset of the node that assigns it in the partition tree, or -1 */
	uint16_t owner;
	uint16_t driver; /* enum plan_driver: what the hypervisor uses it as, if it owns it */
	uint16_t reg_first, reg_count;	     /* slice of plan.regs */
	uint16_t irq_first, irq_count;	     /* slice of plan.irqs */
	uint16_t stream_first, stream_count; /* slice of plan.streams */
	bool is_dma_master;
	bool is_dma_trusted; /* allow-unprotected-dma */
	bool is_claimable;   /* failover: owner is the active one */
	uint32_t clock_hz;   /* UARTs: input clock, 0 unknown */
	uint32_t baud;	     /* UARTs: rate the layout or the tree asks for, 0: leave as it is */
	uint16_t standby;    /* partition that may claim it, or NONE */
};

enum plan_driver {
	PLAN_DRV_NONE,
	PLAN_DRV_UART_PL011,
	PLAN_DRV_UART_NS16550,
	PLAN_DRV_GICV2,
	PLAN_DRV_GICV3,
	PLAN_DRV_GIC_ITS,
	PLAN_DRV_MPIC,
	PLAN_DRV_SMMUV3,
	PLAN_DRV_PAMU,
	PLAN_DRV_PCI_ECAM,
	PLAN_DRV_FW_CFG, /* QEMU's: reads and writes all memory of the machine */
	PLAN_DRV_GUTS,
	PLAN_DRV_OTHER,
};

/* What the hypervisor itself needs of the board. */
struct plan_board {
	const char *model;		/* of the root node, or its first compatible */
	uint8_t addr_cells, size_cells; /* of the hardware root */
	uint64_t timebase_hz;		/* ppc: from the cpu node; arm64: 0 (CNTFRQ_EL0 tells) */
	bool psci_smc;			/* arm64: PSCI conduit is SMC */
	uint16_t irqc;			/* device index of the interrupt controller */
	uint16_t console;		/* device index of the UART under stdout, or NONE */
	uint32_t
	    irq_count; /* upper bound (exclusive) of physical interrupt numbers that may be used */
	uint32_t maint_irq;  /* GIC maintenance PPI (INTID), 0 if none */
	uint32_t vtimer_irq; /* virtual timer PPI (INTID) */
	uint32_t htimer_irq; /* EL2 physical timer PPI (INTID) */
	uint16_t its;	     /* device index of the GIC ITS, or NONE */
	hpa_t msi_page;	     /* page of GITS_TRANSLATER: the register is at 0x40, as in a v2m frame */
	uint32_t lpi_end;    /* end of the LPIs the plan gives out, 8192 when none */
};

/* ---------------------------------------------------------------- memory */

enum plan_mem_flags {
	PLAN_MEM_W = 1,
	PLAN_MEM_X = 2,
	PLAN_MEM_DEVICE = 4,   /* device attributes, never executable */
	PLAN_MEM_DMA_ONLY = 8, /* no CPU mapping, no memory node */
	PLAN_MEM_SHARED = 16,  /* more than one partition names this area */
	PLAN_MEM_ZERO = 32,    /* zeroed once at boot (zero-pma) */
};

/* An area of a partition's guest-physical space backed by host-physical space. Sorted by gpa. */
struct plan_mem {
	gpa_t gpa;
	hpa_t hpa;
	uint64_t size;
	uint32_t flags;
	const char *path; /* of the guest-phys-mem-area or device node */
};

/* A phys-mem-area. */
struct plan_pma {
	const char *path;
	hpa_t base;
	uint64_t size;
	uint16_t owner; /* OWNER_HV, a partition, or OWNER_NOBODY; the first owner if shared */
	uint16_t user_count;
	bool zero;
};

/* ---------------------------------------------------------------- images */

enum plan_image_role {
	PLAN_IMAGE_EXTRA,  /* load-image-table */
	PLAN_IMAGE_ROOTFS, /* linux-rootfs */
	PLAN_IMAGE_GUEST,  /* guest-image: gives the entry point */
};

#define IMAGE_AUTO UINT64_MAX /* destination: wherever the image's own header says */

struct plan_image {
	uint8_t role;	 /* enum plan_image_role */
	hpa_t src;	 /* where the bytes are: in flash/memory, or inside the bundle */
	uint64_t size;	 /* bytes at src */
	gpa_t dest;	 /* or IMAGE_AUTO */
	uint64_t window; /* bytes of guest memory it may fill from dest (0: up to the area's end) */
	const char *name; /* of the FIT image, or NULL when given by address */
};

/* ---------------------------------------------------------------- communication */

enum plan_end_kind {
	PLAN_END_NONE,
	PLAN_END_PART, /* a partition's byte channel or virtual UART */
	PLAN_END_HV,   /* the hypervisor's console (shell) */
	PLAN_END_UART, /* straight to a UART the hypervisor owns */
	PLAN_END_MUX,
	PLAN_END_GDB, /* a debug stub of a partition */
};

enum plan_vuart {
	PLAN_VUART_NONE,
	PLAN_VUART_PL011,
	PLAN_VUART_NS16550,
};

struct plan_end {
	uint8_t kind;	/* enum plan_end_kind */
	uint8_t vuart;	/* enum plan_vuart: a virtual UART instead of hypercalls */
	uint16_t index; /* partition, device (UART) or mux index by kind */
	uint16_t mux_channel;
	uint16_t vcpu;	 /* GDB: the vCPU it debugs */
	uint16_t handle; /* PART without vuart: the handle */
	uint16_t
	    virq_rx; /* PART: index into the partition's virqs, or NONE; a vuart has one line: rx */
	uint16_t virq_tx;
	gpa_t guest_addr; /* vuart: its register page */
	const char *path;
};

/* A byte channel: a pair of ends, bytes flow both ways. */
struct plan_chan {
	struct plan_end end[2];
};

struct plan_mux {
	const char *path;
	uint16_t uart; /* device index, or NONE when it rides on a byte channel */
	uint16_t chan; /* channel index when chained, else NONE */
};

/* Standard events of a partition that its managers (and itself) can be told of. */
enum plan_event {
	PLAN_EV_STATE_CHANGE,
	PLAN_EV_WATCHDOG,
	PLAN_EV_RESET_REQUEST,
	PLAN_EV_SHUTDOWN, /* manager -> partition */
	PLAN_EV_COUNT,
};

struct plan_receiver {
	uint16_t part;
	uint16_t virq; /* index into that partition's virqs */
};

/* A doorbell: any number of senders, a slice of plan.receivers. */
struct plan_doorbell {
	const char *path;
	uint16_t rx_first, rx_count;
	bool is_fast;
};

/* ---------------------------------------------------------------- handles and virtual interrupts
 */

enum plan_handle_kind {
	PLAN_H_NONE,
	PLAN_H_PART,	      /* index: partition */
	PLAN_H_CHAN,	      /* index: channel, end: which */
	PLAN_H_SEND_DOORBELL, /* index: doorbell */
	PLAN_H_VIRQ,	      /* index: virq of this partition (ppc: handle is the vector) */
	PLAN_H_IRQ,	      /* index: plan.irqs */
	PLAN_H_DEVICE,	      /* index: plan.devs */
	PLAN_H_DMA,	      /* index: plan.streams */
	PLAN_H_ERROR_QUEUE,
	PLAN_H_ERROR_MANAGER,
	PLAN_H_SHUTDOWN, /* index: partition whose shutdown doorbell this rings */
};

struct plan_handle {
	uint8_t kind; /* enum plan_handle_kind */
	uint8_t end;
	uint16_t index;
};

enum plan_virq_kind {
	PLAN_VIRQ_CHAN_RX,
	PLAN_VIRQ_CHAN_TX,
	PLAN_VIRQ_VUART,
	PLAN_VIRQ_DOORBELL,
	PLAN_VIRQ_EVENT, /* index: enum plan_event; see plan_managed, shutdown_virq */
};

/* An interrupt that only the hypervisor raises. */
struct plan_virq {
	uint8_t kind; /* enum plan_virq_kind */
	bool is_level;
	uint16_t index;	  /* channel or doorbell */
	uint32_t g_irq;	  /* arm64: INTID (SPI) in the guest's GIC; ppc: the handle */
	uint32_t carrier; /* arm64: idle SPI that carries it (== g_irq), or 0 */
};

/* ---------------------------------------------------------------- DMA */

struct plan_stream {
	uint32_t id;	/* SMMU StreamID / LIODN */
	uint32_t count; /* that many consecutive ids: 1, or the length of an iommu-map entry */
	uint32_t rid;	/* iommu-map: requester id that becomes `id` */
	uint16_t iommu; /* device index, or NONE: not behind one */
	uint16_t dev;	/* the bus master; of a PCI function: its host bridge */
	uint16_t owner; /* who is given this DMA: a partition, OWNER_HV or OWNER_NOBODY */
	uint16_t fn;	/* index in plan.pci_fns, or NONE */
	uint16_t window; /* what it may reach, or NONE (arm64: all memory of its owner) */
	bool no_dma_disable;
	uint8_t op_mapping; /* PAMU operation mapping 0..3, 0xff none */
	uint8_t stash_dest; /* 1..3: L1, L2, L3; 0 none */
	bool snoop_cpu_only;
};

/* A range of guest-physical addresses that a device may reach. */
struct plan_window {
	gpa_t gpa;
	hpa_t hpa; /* backing, when there are no subwindows */
	uint64_t size;
	uint16_t part;
	uint16_t subwindow_count;      /* slots, 0: one piece */
	uint16_t sub_first, sub_count; /* slice of plan.subwindows: the slots that are valid */
	const char *path;
};

enum plan_subwindow_kind {
	PLAN_SUB_MEMORY,
	PLAN_SUB_MSI,  /* one page: the register that takes MSIs */
	PLAN_SUB_CCSR, /* the same address on both sides */
};

struct plan_subwindow {
	uint16_t slot;
	uint8_t kind; /* enum plan_subwindow_kind */
	gpa_t gpa;
	hpa_t hpa;
	uint64_t size;
	const char *path;
};

/* ---------------------------------------------------------------- PCI */

enum plan_pci_space {
	PLAN_PCI_IO,
	PLAN_PCI_MEM32,
	PLAN_PCI_MEM64,
	PLAN_PCI_SPACES,
};

/* What the CPU reads and writes from hpa on are bus addresses from bus on. */
struct plan_pci_window {
	hpa_t hpa;
	uint64_t bus;
	uint64_t size; /* 0: the bridge has none */
};

/* A host bridge of the board with an ECAM. It stays the hypervisor's; partitions get functions. */
struct plan_pci_host {
	uint16_t dev; /* device index */
	uint8_t bus_first, bus_last;
	hpa_t ecam; /* of bus_first: 1 MiB a bus, 4 KiB a function */
	struct plan_pci_window windows[PLAN_PCI_SPACES];
};

/* A base address register of an assigned function. No two owners share a 4 KiB page. */
struct plan_bar {
	uint8_t number; /* 0..5 */
	uint8_t space;	/* PLAN_PCI_IO or PLAN_PCI_MEM32 or PLAN_PCI_MEM64: the window it is in */
	uint64_t size;	/* a power of two; 0: it has no room, and its owner does not start */
	uint64_t bus;	/* where the plan puts it: a multiple of size and of 4 KiB */
	hpa_t hpa;	/* the same for the CPU */
	gpa_t gpa;	/* and for the guest; registers are mapped in whole pages */
};

/* A PCI function that a partition is given. */
struct plan_pci_fn {
	const char *path; /* in the layout */
	uint16_t owner;
	uint16_t host;	/* index in plan.pci_hosts */
	uint16_t rid;	/* requester id: bus << 8 | device << 3 | function */
	uint16_t stream; /* index in plan.streams (functions may share it), or NONE: no IOMMU */
	bool is_dma_trusted; /* allow-unprotected-dma: it may bypass the IOMMU, or has none */
	uint16_t bar_first, bar_count; /* slice of plan.bars, by number */
	uint8_t pin;	 /* interrupt pin the guest may use: 1..4 (A..D), 0 none */
	uint16_t irq;	 /* index in plan.irqs of the line behind that pin, or NONE */
	uint16_t vectors; /* messages (MSI or MSI-X) the layout grants it, 0 none */
	uint32_t msi_device; /* its DeviceID at the ITS (msi-map) */
	uint32_t lpi_first;  /* lpi_first + k is message k of its owner, k < plan_part.msi.count */
};

/* The ECAM that a partition sees in place of a host bridge; holds its functions and nothing else. */
struct plan_vpci {
	uint16_t part, host;
	gpa_t ecam;
	uint8_t bus_first, bus_last;
};

/* ---------------------------------------------------------------- hardware errors */

enum plan_error_policy {
	PLAN_ERROR_DISABLE,
	PLAN_ERROR_NOTIFY,
	PLAN_ERROR_HALT,
	PLAN_ERROR_RESET,
};

/* error-config: what happens on one kind of hardware error of a device. */
struct plan_error {
	uint16_t dev;
	uint8_t policy;	   /* enum plan_error_policy */
	uint8_t threshold; /* of single-bit errors, 0: the default (8) */
	const char *domain, *error;
};

/* ---------------------------------------------------------------- partitions */

enum plan_irq_mode {
	PLAN_IRQ_AUTO,
	PLAN_IRQ_DIRECT,
	PLAN_IRQ_VIRTUAL,
};

enum plan_wdog_action {
	PLAN_WDOG_RESET,
	PLAN_WDOG_NOTIFY,
	PLAN_WDOG_STOP,
};

enum plan_part_flags {
	PLAN_PART_NO_AUTO_START = 1,
	PLAN_PART_PRIVILEGED = 2,
	PLAN_PART_NO_DMA_DISABLE = 4,
	PLAN_PART_DEFER_DMA_DISABLE = 8,
	PLAN_PART_DIRECT_EOI = 16,
	PLAN_PART_NO_CACHE_LOCK = 32,
	PLAN_PART_NO_DEBUG = 64,
	PLAN_PART_DIRECT_TLB_MGMT = 128,
	PLAN_PART_DIRECT_TLB_MISS = 256,
	PLAN_PART_RELAXED_SPRS = 512, /* unknown registers read as zero, counted (layout flag) */
	PLAN_PART_MPIC = 1024, /* ppc: an emulated MPIC instead of hv-pic */
};

struct plan_managed {
	uint16_t part;		      /* the partition that is managed */
	uint16_t handle;	      /* of it, in the manager's table */
	uint16_t virq[PLAN_EV_COUNT]; /* manager's virqs for its events; SHUTDOWN: NONE */
	uint16_t shutdown_handle;     /* send handle that rings the managed partition's shutdown */
	const char *path;
};

struct plan_part {
	const char *name; /* label, or the node's path */
	const char *path;
	int node;		/* offset in the partition blob */
	uint16_t cfg_index;	/* the planner's own number of that node */
	bool is_valid;		/* false: a finding of severity "partition" names why */
	uint32_t flags;		/* enum plan_part_flags */
	uint8_t irq_mode;	/* decided: PLAN_IRQ_DIRECT or PLAN_IRQ_VIRTUAL (ppc: VIRTUAL) */
	uint8_t wdog_action;	/* enum plan_wdog_action */
	uint8_t wdog_autostart; /* period + 1, 0 = off */
	uint16_t cpu_count;
	uint16_t *cpus; /* vcpu -> index in plan.cpus */
	uint16_t mem_count;
	struct plan_mem *mems; /* sorted by gpa, no overlap: RAM and assigned registers */
	uint16_t image_count;
	struct plan_image *images; /* in loading order; the guest image is last */
	uint16_t handle_count;	   /* slots in use: highest handle + 1 */
	struct plan_handle *handles;
	uint16_t virq_count;
	struct plan_virq *virqs;
	uint16_t managed_count;
	struct plan_managed *managed;
	struct range dtb_window;			/* guest-physical */
	uint64_t initmap_size, initmap_gpa, initmap_va; /* ppc; size 0: entered without a map */
	gpa_t pic_addr; /* ppc with PLAN_PART_MPIC: its registers, 256 KiB */
	gpa_t spin_table;	/* ppc: 4 KiB page with the spin table, not part of mems */
	uint16_t shutdown_virq; /* index into virqs */
	uint16_t errq_handle;	/* of its error queue, or NONE */
	uint16_t errman_handle; /* of the global error queue when it is an error manager, or NONE */
	uint16_t errman_vcpu;	/* vCPU that hears of errors */
	bool is_errman_standby;
	uint16_t guest_id;	 /* global handle number of this partition: 1.. */
	struct {		 /* arm64: where the guest's virtual GIC is */
		uint8_t version; /* 2 or 3, that of the board */
		gpa_t dist;
		gpa_t redist;	  /* v3: cpu_count frames of 128 KiB */
		gpa_t cpu;	  /* v2: GICC, backed by the physical GICV */
		uint32_t spi_end; /* end of this guest's INTIDs: a multiple of 32, >= 64 */
	} gic;
	struct { /* arm64: messages of its PCI functions become SPIs through a GICv2m frame */
		uint32_t first; /* INTID; messages carry it as data, and as EventID at the ITS */
		uint32_t count; /* room for its functions' messages in any order; 0: no frame */
		gpa_t frame;	/* 4 KiB; its page is the doorbell in the functions' DMA space */
	} msi;
	const void *gtree; /* flattened guest tree; the initrd range is patched at load */
	uint32_t gtree_size;
};

/* arm64: affinity (MPIDR, `reg` of the guest's cpu node) of a vCPU: sixteen to a cluster. */
static inline uint32_t plan_vcpu_mpidr(uint32_t vcpu)
{
	return (vcpu >> 4) << 8 | (vcpu & 15);
}

/* ---------------------------------------------------------------- the plan */

#define PLAN_MAGIC 0x46414345u /* "FACE" */

struct plan {
	uint32_t magic;
	uint8_t arch; /* enum plan_arch */
	struct plan_board board;
	uint16_t cpu_count, part_count, pma_count, dev_count, chan_count, mux_count, doorbell_count;
	uint16_t reg_count, irq_count, stream_count, window_count, subwindow_count, receiver_count,
	    ram_count, hvmem_count;
	uint16_t diag_count, diag_dropped; /* dropped: the arena had no room for them */
	bool is_fatal;			   /* some finding is fatal: run nothing */
	struct plan_cpu *cpus;
	struct plan_part *parts;
	struct plan_pma *pmas;
	struct plan_dev *devs;
	struct plan_reg *regs;
	struct plan_irq *irqs;
	struct plan_stream *streams;
	struct plan_window *windows;
	struct plan_subwindow *subwindows;
	struct plan_chan *chans;
	struct plan_mux *muxes;
	struct plan_doorbell *doorbells;
	struct plan_receiver *receivers;
	struct range *ram;   /* of the hardware tree, sorted, reserved parts cut out */
	struct range *hvmem; /* hv-memory areas */
	uint16_t pci_host_count, pci_fn_count, bar_count, vpci_count;
	struct plan_pci_host *pci_hosts;
	struct plan_pci_fn *pci_fns; /* by owner, then host, then rid */
	struct plan_bar *bars;
	struct plan_vpci *vpcis;
	uint16_t error_count;
	struct plan_error *errors;
	struct diag *diags;
	uint16_t hv_chan; /* channel whose end is the shell, or NONE */
	uint16_t hv_chan_end;
	bool sysreset_on_stop; /* sysreset-on-partition-stop */
	bool legacy_interrupts;
	uint32_t hv_wdog_period;    /* watchdog-enable + 1, 0 = off */
	struct range hv_persistent; /* host memory that a warm reboot keeps, size 0: none */
	uint32_t checksum;	    /* over the arena, set by plan_seal() */
};

/*
 * The desk plans for both architectures. A hypervisor is compiled for one, PLAN_ONLY, and what serves
 * the other falls away.
 */
static inline bool plan_is_ppc(const struct plan *p)
{
#ifdef PLAN_ONLY
	(void)p;
	return PLAN_ONLY == PLAN_PPC;
#else
	return p->arch == PLAN_PPC;
#endif
}

struct tree;

/* Where things are while planning. Ranges are host-physical; size 0: unknown (on the desk). */
struct plan_input {
	enum plan_arch arch;
	const void *hw;	 /* hardware tree, 8-byte aligned */
	size_t hw_size;	 /* bytes readable there */
	const struct tree *hw_index; /* of hw, when the caller made one with tree_index(), or NULL */
	const void *cfg; /* partition tree, 8-byte aligned */
	size_t cfg_size;
	const void *bundle; /* the FIT, or NULL: image names cannot be resolved then */
	size_t bundle_size; /* bytes readable there */
	hpa_t bundle_at;    /* its host-physical address (images' src is relative to it) */
	struct range image; /* the hypervisor's own text, data, bss and stacks */
	struct range hw_at,
	    cfg_at;	   /* the blobs in host memory, size 0 when copied into the image */
	uint64_t boot_cpu; /* hw_id of the CPU that boots */
	uint32_t gic_spis; /* arm64: interrupts the physical GIC has (GICD_TYPER), 0: unknown */
};

/* Bump allocator given by the caller; everything the plan owns lives here. */
struct arena {
	uint8_t *base;         /* a multiple of 8 */
	size_t size;
	size_t used;
};

/*
 * Make a plan of two trees. Always returns a plan to report from, unless the arena is too small for
 * the plan itself (NULL). Runs every check and collects every finding. Pure: no I/O, no globals.
 */
struct plan *plan_build(const struct plan_input *in, struct arena *arena);

/* Checksum of the sealed plan's arena; equal to plan->checksum as long as nobody wrote to it. */
uint32_t plan_sum(const struct plan *plan, const struct arena *arena);
void plan_seal(struct plan *plan, const struct arena *arena);

#endif
