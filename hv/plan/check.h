/* SPDX-License-Identifier: BSD-3-Clause */
/* The one table of named checks: every rejection of the planner is a row of it. */
/* pure */
#ifndef HV_PLAN_CHECK_H
#define HV_PLAN_CHECK_H

#include "hv/plan/plan.h"

/*
 * X(identifier, "name", severity, "what it means", "what would be right"). A finding of severity
 * DIAG_PARTITION that concerns no partition in particular is reported as a warning.
 */
#define PLAN_CHECKS(X)                                                                             \
	X(HW_TREE, "hw-tree", DIAG_FATAL, "the hardware tree is not a sound device tree blob",     \
	  "pass the blob that dtc or the firmware made, complete and unchanged")                   \
	X(CFG_TREE, "layout-tree", DIAG_FATAL, "the layout is not a sound device tree blob",       \
	  "compile the layout with dtc and pass the result unchanged")                             \
	X(BUNDLE_TREE, "bundle-tree", DIAG_WARNING, "the bundle is not a sound FIT",               \
	  "make the bundle with facet-pack or mkimage -f")                                         \
	X(BOARD_CPU, "board-cpu", DIAG_FATAL, "the hardware tree has no usable CPU",               \
	  "the board's tree needs /cpus with nodes of device_type \"cpu\"")                        \
	X(BOARD_MEMORY, "board-memory", DIAG_FATAL, "the hardware tree has no memory",             \
	  "the board's tree needs a node of device_type \"memory\" with a reg property")           \
	X(BOARD_IRQC, "board-irqc", DIAG_FATAL,                                                    \
	  "the hardware tree has no interrupt controller that is supported",                       \
	  "supported are arm,gic-v3, arm,gic-400, arm,cortex-a15-gic, fsl,mpic and chrp,open-pic") \
	X(BOARD_NODE, "board-node", DIAG_WARNING,                                                  \
	  "a node of the hardware tree has a property of the wrong length",                        \
	  "correct the board's tree; the node is used without that property")                      \
	X(HV_CONFIG, "hv-config", DIAG_FATAL, "the layout has no hv-config node",                  \
	  "add a node with compatible \"hv-config\"; only one is used")                            \
	X(HV_MEMORY, "hv-memory", DIAG_FATAL,                                                      \
	  "the hypervisor has no memory of its own, or names it wrongly",                          \
	  "add a node with compatible \"hv-memory\" and phys-mem = <&area> in hv-config")          \
	X(HV_PERSISTENT, "hv-persistent-data", DIAG_WARNING,                                       \
	  "the persistent area of the hypervisor is malformed",                                    \
	  "write <offset(2) size(2)> inside the hv-memory area, once")                             \
	X(HV_STDOUT, "hv-stdout", DIAG_WARNING, "the hypervisor's console cannot be found",        \
	  "stdout names a byte-channel, or a device node of hv-config whose device is a UART")     \
	X(HV_WATCHDOG, "hv-watchdog", DIAG_WARNING, "watchdog-enable is malformed",                \
	  "write one cell from 0 to 63")                                                           \
	X(HV_DEVICE_DRIVER, "hv-device-driver", DIAG_WARNING,                                      \
	  "the hypervisor has no driver for a device it is given",                                 \
	  "nobody can use this device; leave it out or give it to a partition")                    \
	X(ERROR_CONFIG, "error-config", DIAG_WARNING, "an error-config node is not valid",         \
	  "domain, error and policy must be among those of the binding for this device")           \
	X(AREA_MALFORMED, "area-malformed", DIAG_PARTITION,                                        \
	  "a memory area has no proper addr or size", "write addr and size as two cells each")     \
	X(AREA_SIZE, "area-size", DIAG_PARTITION, "a memory area has a size that cannot be used",  \
	  "ppc: a power of two from 4 KiB on; arm64: a multiple of 4 KiB, not zero")               \
	X(AREA_ALIGN, "area-align", DIAG_PARTITION, "a memory area is not aligned",                \
	  "ppc: addr is a multiple of size; arm64: a multiple of 4 KiB")                           \
	X(AREA_RAM, "area-ram", DIAG_PARTITION, "a memory area is not RAM of this board",          \
	  "keep it inside the memory the hardware tree describes, or mark device space with "      \
	  "use-no-law")                                                                            \
	X(AREA_RESERVED, "area-reserved", DIAG_PARTITION,                                          \
	  "a memory area covers memory that the hardware tree reserves",                           \
	  "keep out of the reservation list and of /reserved-memory")                              \
	X(AREA_OVERLAP, "area-overlap", DIAG_PARTITION, "two memory areas overlap",                \
	  "make them disjoint, or share one area by naming it twice")                              \
	X(AREA_HYPERVISOR, "area-hypervisor", DIAG_PARTITION,                                      \
	  "a memory area covers the hypervisor or a tree",                                         \
	  "move the area, or load the hypervisor elsewhere")                                       \
	X(AREA_BUNDLE, "area-bundle", DIAG_WARNING, "a memory area covers the bundle",             \
	  "the hypervisor moves the bundle to its own memory first; give it room there")           \
	X(AREA_DEVICE, "area-device", DIAG_PARTITION,                                              \
	  "a memory area covers the registers of a device",                                        \
	  "assign the device with a device node instead")                                          \
	X(AREA_HV_MEMORY, "area-hv-memory", DIAG_PARTITION,                                        \
	  "a partition names memory that belongs to the hypervisor",                               \
	  "hv-memory areas are the hypervisor's alone: use another area")                          \
	X(AREA_SHARED, "area-shared", DIAG_WARNING,                                                \
	  "writable RAM is shared by partitions that also run from it",                            \
	  "share a separate area for communication only")                                          \
	X(LAW_SIZE, "law-size", DIAG_WARNING, "an area cannot have a local access window",         \
	  "4 KiB to 64 GiB, or use-no-law")                                                        \
	X(CPC_WAYS, "cpc-ways", DIAG_WARNING, "allocate-cpc-ways is not executed",                 \
	  "the area uses the common cache ways")                                                   \
	X(GUEST_AREA, "guest-area", DIAG_PARTITION,                                                \
	  "a guest area does not name a memory area that can be used",                             \
	  "phys-mem = <&area> with a phandle of a phys-mem-area")                                  \
	X(GUEST_ADDR, "guest-addr", DIAG_PARTITION, "a guest address is malformed",                \
	  "write two cells; ppc: a multiple of the area's size, arm64: of 4 KiB")                  \
	X(GUEST_SPACE, "guest-space", DIAG_PARTITION,                                              \
	  "a guest address lies outside the guest-physical space",                                 \
	  "arm64 guests have 2^40 bytes, ppc guests 2^36")                                         \
	X(GUEST_OVERLAP, "guest-overlap", DIAG_PARTITION,                                          \
	  "two things are at the same guest-physical address", "give one of them another address") \
	X(NO_MEMORY, "no-memory", DIAG_PARTITION, "a partition has no memory",                     \
	  "add a guest-phys-mem-area")                                                             \
	X(PART_TOO_MANY, "too-many-partitions", DIAG_WARNING,                                      \
	  "there are more partitions than the hypervisor can run", "at most 24 partitions")        \
	X(PART_NONE, "no-partitions", DIAG_WARNING, "the layout has no partition",                 \
	  "add a node with compatible \"partition\"")                                              \
	X(LABEL_TAKEN, "label-taken", DIAG_WARNING, "two partitions have the same label",          \
	  "give each partition its own label")                                                     \
	X(CPUS_MALFORMED, "cpus-malformed", DIAG_PARTITION, "cpus is missing or malformed",        \
	  "write pairs <first count>, each count 1 or more")                                       \
	X(CPU_UNKNOWN, "cpu-unknown", DIAG_PARTITION, "a CPU does not exist on this board",        \
	  "use the numbers of the board's CPUs")                                                   \
	X(CPU_TAKEN, "cpu-taken", DIAG_PARTITION, "a CPU is given twice",                          \
	  "every CPU belongs to one partition")                                                    \
	X(CPU_UNUSABLE, "cpu-unusable", DIAG_PARTITION, "a CPU cannot be started",                 \
	  "the board's tree must give it an enable-method (psci or spin-table) that works")        \
	X(CPU_COUNT, "cpu-count", DIAG_PARTITION, "a partition has too many CPUs",                 \
	  "a guest with GICv2 has 8 CPUs at most")                                                 \
	X(DTB_WINDOW, "dtb-window", DIAG_PARTITION, "dtb-window is missing or malformed",          \
	  "write <guest-addr size> in the cells of the hardware root")                             \
	X(DTB_UNBACKED, "dtb-window-unbacked", DIAG_PARTITION,                                     \
	  "the tree window is not in the partition's memory",                                      \
	  "put dtb-window inside one writable guest area")                                         \
	X(DTB_SMALL, "dtb-window-small", DIAG_PARTITION,                                           \
	  "the guest tree does not fit in its window", "make dtb-window larger")                   \
	X(INIT_MAP, "init-map", DIAG_PARTITION, "the initial mapping is not possible",             \
	  "init-map-size: a power of two from 4 KiB on; paddr and vaddr multiples of it")          \
	X(WDOG_ACTION, "watchdog-timeout", DIAG_WARNING, "watchdog-timeout is not valid",          \
	  "partition-reset, manager-notify or partition-stop; partition-reset is used")            \
	X(WDOG_PERIOD, "watchdog-period", DIAG_WARNING, "watchdog-autostart-period is not valid",  \
	  "write one cell from 0 to 63; it stays off")                                             \
	X(IRQ_MODE, "interrupt-mode", DIAG_PARTITION, "interrupt-mode is not valid",               \
	  "write \"direct\" or \"virtual\"")                                                       \
	X(IRQ_DIRECT, "interrupt-direct", DIAG_PARTITION,                                          \
	  "a partition insists on direct interrupts that this board cannot give",                  \
	  "leave interrupt-mode out, or write \"virtual\"")                                        \
	X(DEVICE_RANGES, "device-ranges", DIAG_PARTITION, "device-ranges is malformed",            \
	  "write triples <host-addr(2) guest-addr(2) size(2)>")                                    \
	X(IMAGE_MALFORMED, "image-malformed", DIAG_PARTITION, "an image entry is malformed",       \
	  "write <source destination size>, or a name of the bundle, optionally followed by "      \
	  "<destination(2) window(2)>")                                                            \
	X(IMAGE_MISSING, "image-missing", DIAG_PARTITION, "the bundle has no such image",          \
	  "name an image of the bundle")                                                           \
	X(IMAGE_NO_BUNDLE, "image-no-bundle", DIAG_PARTITION,                                      \
	  "an image is named, but there is no bundle",                                             \
	  "boot with a bundle that holds the image, or give its address")                          \
	X(IMAGE_UNCHECKED, "image-unchecked", DIAG_WARNING,                                        \
	  "an image cannot be checked without the bundle", "pass the bundle to the checker too")   \
	X(IMAGE_FORMAT, "image-format", DIAG_PARTITION, "an image of the bundle cannot be used",   \
	  "store it with compression \"none\" and with data")                                      \
	X(IMAGE_UNBACKED, "image-unbacked", DIAG_PARTITION,                                        \
	  "an image's destination is not in the partition's memory",                               \
	  "choose a destination inside a writable guest area")                                     \
	X(IMAGE_SIZE, "image-size", DIAG_PARTITION, "an image is larger than its room",            \
	  "give it a larger window or area")                                                       \
	X(IMAGE_OVERLAP, "image-overlap", DIAG_PARTITION,                                          \
	  "two of a partition's images, or an image and the tree, overlap",                        \
	  "choose other destinations, or a larger area")                                           \
	X(IMAGE_EMPTY, "image-empty", DIAG_WARNING, "an image has size 0",                         \
	  "give its size; nothing is loaded")                                                      \
	X(IMAGE_NONE, "image-none", DIAG_WARNING, "a partition has no guest-image",                \
	  "it stays stopped until a manager loads it")                                             \
	X(MUX_ENDPOINT, "mux-endpoint", DIAG_WARNING, "a mux has no usable endpoint",              \
	  "endpoint names a UART given to the hypervisor, or a byte-channel")                      \
	X(MUX_CHANNEL, "mux-channel", DIAG_PARTITION, "a mux channel is missing or not valid",     \
	  "write mux-channel with one cell from 0 to 31")                                          \
	X(MUX_TAKEN, "mux-channel-taken", DIAG_PARTITION, "a mux channel is used twice",           \
	  "give every byte channel of a mux its own number")                                       \
	X(CHAN_ENDPOINT, "channel-endpoint", DIAG_PARTITION,                                       \
	  "a byte channel's endpoint is not usable",                                               \
	  "endpoint names a byte-channel, a byte-channel-mux or a UART of the hypervisor")         \
	X(CHAN_MISMATCH, "channel-mismatch", DIAG_PARTITION,                                       \
	  "two byte channels do not name each other",                                              \
	  "let each name the other, or only one of them name the other")                           \
	X(CHAN_BUSY, "channel-busy", DIAG_PARTITION,                                               \
	  "a byte channel's endpoint is already in use",                                           \
	  "a byte channel or a UART has one peer; use a mux for several")                          \
	X(CHAN_OPEN, "channel-open", DIAG_WARNING, "a byte channel is connected to nothing",       \
	  "name an endpoint on one of the two sides")                                              \
	X(VUART_ADDR, "vuart-addr", DIAG_PARTITION, "a virtual UART has no proper guest-addr",     \
	  "write two cells, a multiple of 4 KiB")                                                  \
	X(VUART_MODEL, "vuart-model", DIAG_PARTITION, "a virtual UART's model is not known",       \
	  "write \"pl011\" or \"ns16550\"")                                                        \
	X(VUART_IRQ, "vuart-irq", DIAG_PARTITION, "a virtual UART's interrupt cannot be used",     \
	  "one cell: an interrupt number from 32 on that nothing else of the partition uses, and " \
	  "in direct mode one that no device of the board uses")                                   \
	X(VIRQ_LIMIT, "virq-limit", DIAG_PARTITION,                                                \
	  "a partition needs more virtual interrupts than there are",                              \
	  "use fewer doorbells and byte channels, or virtual interrupt mode")                      \
	X(HANDLE_LIMIT, "handle-limit", DIAG_PARTITION,                                            \
	  "a partition needs more than 1024 handles", "assign fewer devices or channels")          \
	X(DOORBELL_REF, "doorbell-ref", DIAG_PARTITION,                                            \
	  "a doorbell user does not name a doorbell",                                              \
	  "global-doorbell = <&bell> with a phandle of a node compatible with \"doorbell\"")       \
	X(DOORBELL_FAST, "doorbell-fast", DIAG_WARNING, "there are too many fast doorbells",       \
	  "at most 4; the others work as plain doorbells")                                         \
	X(MANAGED_REF, "managed-ref", DIAG_PARTITION,                                              \
	  "a managed-partition node does not name another partition",                              \
	  "partition = <&part> with a phandle of a partition, once each")                          \
	X(ERROR_MANAGER, "error-manager", DIAG_PARTITION, "an error-manager node is not valid",    \
	  "write vcpu with one cell, a number of this partition's CPUs; one manager in all")       \
	X(NAME_TAKEN, "name-taken", DIAG_PARTITION,                                                \
	  "two nodes of a partition would have the same name in the guest's tree",                 \
	  "give them distinct names")                                                              \
	X(DEBUG_STUB, "debug-stub", DIAG_WARNING, "a debug stub is not valid",                     \
	  "debug-cpus = <vcpu 1>, an endpoint, and guest-debug-disable on the partition")          \
	X(DEVICE_NAME, "device-name", DIAG_PARTITION, "a device property is malformed",            \
	  "write one string: an alias or a path of the hardware tree, not the root")               \
	X(DEVICE_UNKNOWN, "device-unknown", DIAG_PARTITION, "the board has no such device",        \
	  "use an alias or a path of the hardware tree")                                           \
	X(DEVICE_TAKEN, "device-taken", DIAG_PARTITION, "a device is given twice",                 \
	  "every device belongs to one owner, unless all are claimable")                           \
	X(DEVICE_HV_ONLY, "device-hv-only", DIAG_PARTITION,                                        \
	  "a device that only the hypervisor may own is given to a partition",                     \
	  "leave it out: the partition gets a virtual one, or none")                               \
	X(DEVICE_BUS, "device-bus", DIAG_PARTITION,                                                \
	  "a device on this kind of bus cannot be given on its own", "assign the bus node")        \
	X(DEVICE_PAGE, "device-page", DIAG_PARTITION, "registers of two owners share a page",      \
	  "give both devices to one owner, or use a virtual-uart")                                 \
	X(DEVICE_PAGE_FREE, "device-page-free", DIAG_WARNING,                                      \
	  "a device shares its page with one that nobody owns",                                    \
	  "the partition reaches that one too: give it explicitly")                                \
	X(DEVICE_UNMAPPED, "device-unmapped", DIAG_PARTITION,                                      \
	  "device-ranges does not translate a device's registers",                                 \
	  "add a range that covers them, page aligned")                                            \
	X(DEVICE_DISABLED, "device-disabled", DIAG_WARNING,                                        \
	  "a device is disabled in the hardware tree", "the guest's driver will not use it")       \
	X(DEVICE_DEPENDS, "device-depends", DIAG_WARNING,                                          \
	  "a device needs another one that its partition does not have",                           \
	  "give that device too, or remove the reference with a node-update")                      \
	X(DEVICE_VCPU, "device-vcpu", DIAG_WARNING, "a device's vcpu is not one of the partition", \
	  "write one cell below the number of CPUs; cpu-handle stays as it is")                    \
	X(PCI_FUNCTION, "pci-function", DIAG_PARTITION, "a PCI function is named wrongly",         \
	  "device names a bridge with ECAM and pci-function = <bus device function>, or device "   \
	  "names the function's own node")                                                         \
	X(PCI_BRIDGE, "pci-bridge", DIAG_PARTITION,                                                \
	  "a PCI function is behind another bridge than the host's",                               \
	  "only functions of the root bus can be given: put the card there")                       \
	X(PCI_FUNCTION_0, "pci-function-0", DIAG_WARNING,                                          \
	  "a partition has a function of a PCI device without function 0",                         \
	  "guests look for function 0 first: give it too")                                         \
	X(PCI_BAR, "pci-bar", DIAG_PARTITION, "a BAR of a PCI function is not valid",              \
	  "<number size(2)>: number 0 to 5, once, not the upper half of a 64-bit BAR; size a "     \
	  "power of two, memory from 16 bytes on, I/O from 4 to 64 KiB")                           \
	X(PCI_WINDOW, "pci-window", DIAG_PARTITION,                                                \
	  "a BAR has no room in the windows of its bridge", "give fewer or smaller BARs")          \
	X(PCI_INTX, "pci-intx", DIAG_PARTITION,                                                    \
	  "the interrupt pin of a PCI function is not valid",                                      \
	  "one cell from 1 to 4, a pin that the bridge's interrupt-map leads to the controller")   \
	X(PCI_MSI, "pci-msi", DIAG_PARTITION, "a PCI function cannot have these messages",         \
	  "one cell from 1 to 2048; they need an ITS behind the bridge's msi-map and as many "     \
	  "free "                                                                                  \
	  "interrupt numbers in the guest's controller")                                           \
	X(IRQ_SHARED, "irq-shared", DIAG_PARTITION,                                                \
	  "an interrupt line is shared by devices of two owners",                                  \
	  "give both devices to one owner")                                                        \
	X(IRQ_UNKNOWN, "irq-unknown", DIAG_WARNING,                                                \
	  "an interrupt cannot be resolved to the board's controller",                             \
	  "the guest gets the device without that interrupt")                                      \
	X(CLAIMABLE, "claimable", DIAG_PARTITION, "claimable is not valid here",                   \
	  "write \"active\" in one partition and \"standby\" in the others, never in hv-config")   \
	X(DMA_UNPROTECTED, "dma-unprotected", DIAG_PARTITION,                                      \
	  "a DMA master with no IOMMU in front is given to a partition",                           \
	  "use a device behind an IOMMU, or write allow-unprotected-dma to trust it")              \
	X(DMA_TRUSTED, "dma-trusted", DIAG_WARNING,                                                \
	  "a DMA master is trusted: it can reach all memory",                                      \
	  "this is what allow-unprotected-dma says")                                               \
	X(DMA_STREAM, "dma-stream", DIAG_PARTITION, "a DMA stream is used by two owners",          \
	  "give all devices behind the stream to one owner")                                       \
	X(DMA_NO_WINDOW, "dma-no-window", DIAG_WARNING,                                            \
	  "a device with an LIODN has no dma-window: it cannot do DMA",                            \
	  "add dma-window = <&window>")                                                            \
	X(DMA_WINDOW, "dma-window", DIAG_PARTITION, "a dma-window is not valid",                   \
	  "ppc: size a power of two from 4 KiB on, guest-addr a multiple of it; arm64: both "      \
	  "multiples of 4 KiB")                                                                    \
	X(DMA_UNBACKED, "dma-unbacked", DIAG_PARTITION,                                            \
	  "a dma-window is not backed by contiguous memory of the partition",                      \
	  "cover it with one writable guest area, or use subwindows")                              \
	X(DMA_SUBWINDOW, "dma-subwindow", DIAG_PARTITION, "a dma subwindow is not valid",          \
	  "subwindow-count 2..256, a power of two; each inside the window at a multiple of "       \
	  "window size / count, size a power of two from 4 KiB on")                                \
	X(DMA_ATTR, "dma-attribute", DIAG_WARNING, "a DMA attribute is not valid",                 \
	  "operation-mapping 0..3, stash-dest 1..3, snoop-cpu-only only with stash-dest 1 or 2")   \
	X(DMA_LIODN, "dma-liodn", DIAG_PARTITION, "a device's LIODN is not usable",                \
	  "fsl,liodn cells below 1280; liodn-index below their count")                             \
	X(DMA_FLAGS, "dma-flags", DIAG_WARNING,                                                    \
	  "no-dma-disable and defer-dma-disable contradict each other", "use one of them")         \
	X(PORTAL, "portal-devices", DIAG_WARNING, "a portal-devices entry is not valid",           \
	  "each child names an engine with device and has the DMA properties for it")              \
	X(UPDATE_PHANDLE, "update-phandle", DIAG_WARNING,                                          \
	  "a node-update-phandle entry cannot be resolved",                                        \
	  "list phandles of nodes of this partition that appear in its guest tree")                \
	X(UPDATE_LIST, "update-list", DIAG_WARNING, "a node-update list is malformed",             \
	  "prepend-stringlist has pairs of strings; delete-* are string lists")                    \
	X(ALIAS_REF, "alias-ref", DIAG_WARNING, "an alias cannot be resolved",                     \
	  "write one phandle of a node that appears in the guest's tree")                          \
	X(PROP_LENGTH, "prop-length", DIAG_WARNING, "a property has the wrong length",             \
	  "write it as the binding says; it is ignored")                                           \
	X(PROP_UNKNOWN, "prop-unknown", DIAG_WARNING, "a property is not part of the binding",     \
	  "remove it or correct its spelling; it is ignored")                                      \
	X(PROP_ARCH, "prop-arch", DIAG_WARNING, "a property has no meaning on this architecture",  \
	  "remove it; it is ignored")                                                              \
	X(NODE_UNKNOWN, "node-unknown", DIAG_WARNING,                                              \
	  "a node is not part of the binding where it stands",                                     \
	  "correct its compatible or move it; it is ignored")                                      \
	X(PHANDLE, "phandle", DIAG_PARTITION, "a phandle leads nowhere",                           \
	  "refer to a node of the layout by its label")                                            \
	X(NOT_EXECUTED, "not-executed", DIAG_PARTITION,                                            \
	  "a property asks for something that is not implemented",                                 \
	  "remove it; the partition must not run on a promise")                                    \
	X(NOT_EXECUTED_HINT, "not-executed-hint", DIAG_WARNING,                                    \
	  "a property asks for something that is not implemented, and harmless to leave out",      \
	  "nothing: it is ignored")

#define PLAN_CHECK_ID(id, name, severity, meaning, right) CHECK_##id,
enum plan_check_id {
	PLAN_CHECKS(PLAN_CHECK_ID) CHECK_COUNT
};
#undef PLAN_CHECK_ID

struct plan_check {
	const char *name;
	uint8_t severity; /* enum diag_severity */
};

extern const struct plan_check plan_checks[CHECK_COUNT];

/* The sentences, each one apart: a hypervisor holds only those that its findings are made of. */
#define PLAN_CHECK_TEXT(id, name, severity, meaning, right)                                        \
	extern const char plan_meaning_##id[], plan_right_##id[];
PLAN_CHECKS(PLAN_CHECK_TEXT)
#undef PLAN_CHECK_TEXT

/* Two arguments: a check, and a sentence of it. */
#define CHECK_AND_MEANING(id) CHECK_##id, plan_meaning_##id
#define CHECK_AND_RIGHT(id) CHECK_##id, plan_right_##id

#endif
