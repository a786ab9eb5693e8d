# SPDX-License-Identifier: BSD-3-Clause
"""Layouts for tests: a few partitions on QEMU's board, written as DTS text."""

import dataclasses
import pathlib

from machine import PPC

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOARD = ROOT / "partitions" / ("ppce500" if PPC else "qemu-virt")
FIRST_RAM = 0x10000000 if PPC else 0x50000000  # below is the hypervisor's, see hv.dtsi
GUEST_RAM = 0 if PPC else 0x40000000
MIB = 1 << 20
UART = """\
			compatible = "virtual-uart";
			model = "{model}";
			guest-addr = <{at}>;"""


@dataclasses.dataclass
class Part:
    """One partition. Guest RAM is one area at gpa; a virtual UART or a byte channel is its console."""

    name: str
    cpus: tuple = (0, 1)        # first, count
    image: str = "hello"        # name in the bundle
    args: str = ""              # /chosen/bootargs
    mem: int = 16               # MiB
    mode: str = None            # interrupt-mode: "direct", "virtual" or the planner's choice
    gpa: int = GUEST_RAM
    initrd: str = ""            # name in the bundle
    extra: str = ""             # more nodes and properties of the partition
    refs: str = ""              # more nodes at the top of the layout
    at: int = None              # host address; by default one partition behind the other
    console: str = "channel" if PPC else "uart"
    compatible: str = None      # of the root of the guest's tree

    @property
    def is_linux(self):
        """Whether the image is a Linux kernel."""
        return self.image.startswith("linux-")

    @property
    def wanted(self):
        """Images this partition names."""
        return [self.image] + ([self.initrd] if self.initrd else [])


def linux(name, cpus, flavour="e500mc" if PPC else "arm64", mem=128, args="", initrd="initrd", **more):
    """A Linux partition with the test initramfs."""
    if PPC:
        return linux_ppc(name, cpus, flavour, mem, args, **more)
    return Part(name, cpus, f"linux-{flavour}", mem=mem, initrd=initrd, args=(
        f"console=ttyAMA0 quiet nokaslr panic=-1 facet.name={name} {args}").strip(), **more)


def linux_ppc(name, cpus, flavour, mem, args, mpic=False, **more):
    """Mainline Linux: a client of hv-pic and byte channels, or with an MPIC and a UART of its own."""
    console = "console=ttyS0 " if mpic else ""
    return Part(name, cpus, f"linux-{flavour}", mem=mem, initrd="initrd",
                args=f"{console}quiet panic=-1 facet.name={name} {args}".strip(),
                compatible="fsl,qemu-e500" if mpic else "fsl,P4080DS-hv",
                console="uart" if mpic else "channel",
                extra="\t\tvirtual-mpic;\n" + more.pop("extra", "") if mpic else more.pop("extra", ""),
                **more)


def console_lines(part):
    """What the console node of a partition says beside its endpoint."""
    if part.console == "channel":
        return '\t\t\tcompatible = "byte-channel";'
    if PPC:
        return UART.format(model="ns16550", at="0xf 0xe0005000")
    return UART.format(model="pl011", at="0x0 0x09000000")


def cells(x):
    """A 64-bit number as two cells."""
    return f"0x{x >> 32:x} 0x{x & 0xffffffff:x}"


def part_nodes(part, number, at):
    """DTS of one partition; number is its mux channel."""
    size = part.mem * MIB
    image_at = part.gpa + (0 if PPC else 2 * MIB)
    # On ppc Linux finds its tree within the first 64 MiB only.
    tree_at = part.gpa + (min(size, 64 * MIB) if PPC else size) - MIB
    initrd_at = tree_at - 4 * MIB
    room = (initrd_at if part.initrd else tree_at) - image_at
    lines = [f"\t{part.name}: {part.name} {{", '\t\tcompatible = "partition";', f'\t\tlabel = "{part.name}";',
             f"\t\tcpus = <{part.cpus[0]} {part.cpus[1]}>;",
             f'\t\tguest-image = "{part.image}", <{cells(image_at)} {cells(room)}>;',
             f"\t\tdtb-window = <{cells(tree_at)} {cells(0x10000)}>;"]
    if part.initrd:
        lines.append(f'\t\tlinux-rootfs = "{part.initrd}", <{cells(initrd_at)} {cells(4 * MIB)}>;')
    compatible = f'\t\t\tcompatible = "{part.compatible}";\n' if part.compatible else ""
    if part.mode:
        lines.append(f'\t\tinterrupt-mode = "{part.mode}";')
    lines += [part.extra, f"""\
		memory {{
			compatible = "guest-phys-mem-area";
			phys-mem = <&{part.name}_pma>;
			guest-addr = <{cells(part.gpa)}>;
		}};
		{part.name}_console: console {{
{console_lines(part)}
			endpoint = <&mux>;
			mux-channel = <{number}>;
		}};
		aliases {{
			stdout = <&{part.name}_console>;
		}};
		node-update {{
{compatible}			chosen {{
				bootargs = "{part.args}";
			}};
		}};""", "\t};"]
    area = f"""\
	{part.name}_pma: {part.name}-pma {{
		compatible = "phys-mem-area";
		addr = <{cells(at)}>;
		size = <{cells(size)}>;
	}};"""
    return "\n".join([area, *lines, part.refs])


def write(path, parts, extra=""):
    """Write the layout of these partitions to a file; channels are 1, 2, ... in their order."""
    at = FIRST_RAM
    body = []
    for number, part in enumerate(parts, 1):
        body.append(part_nodes(part, number, part.at or at))
        at += part.mem * MIB
    text = f'/include/ "{BOARD}/hv.dtsi"\n\n/ {{\n' + "\n".join([*body, extra]) + "\n};\n"
    path.write_text(text, encoding="ascii")
    return path


def doorbell(name):
    """A doorbell node for the top of a layout."""
    return f'\t{name}: {name} {{ compatible = "doorbell"; }};'


def sender(node, bell):
    """A send-doorbell node for a partition."""
    return f'\t\t{node} {{ compatible = "send-doorbell"; global-doorbell = <&{bell}>; }};'


def receiver(node, bell):
    """A receive-doorbell node for a partition."""
    return f'\t\t{node} {{ compatible = "receive-doorbell"; global-doorbell = <&{bell}>; }};'


def channel(node, label, peer=None):
    """A byte-channel node for a partition; one of the two sides names the other."""
    endpoint = f" endpoint = <&{peer}>;" if peer else ""
    return f'\t\t{label}: {node} {{ compatible = "byte-channel";{endpoint} }};'


def manages(node, label):
    """A managed-partition node for a partition."""
    return f'\t\t{node} {{ compatible = "managed-partition"; partition = <&{label}>; }};'


def pci(node, slot, bars, vectors=0, intx=0, more="", bus=0, io=()):
    """A PCI function for a partition; bars and io: (number, size)."""
    props = ['device = "/pcie@10000000";', f"pci-function = <{bus} {slot} 0>;"]
    for name, sizes in (("pci-bars", bars), ("pci-io-bars", io)):
        if sizes:
            props.append(f"{name} = " + ", ".join(f"<{n} {cells(size)}>" for n, size in sizes) + ";")
    if vectors:
        props.append(f"pci-msi-vectors = <{vectors}>;")
    if intx:
        props.append(f"pci-intx = <{intx}>;")
    return f"\t\t{node} {{ " + " ".join([*props, more]).strip() + " };"


def edu(node, slot, vectors=1, intx=0, more=""):
    """QEMU's edu for a partition."""
    return pci(node, slot, [(0, MIB)], vectors, intx, more)


def virtio(node, slot, vectors=0, intx=0, more=""):
    """A modern virtio function for a partition: its MSI-X table and its registers."""
    return pci(node, slot, [(1, 0x1000), (4, 0x4000)], vectors, intx, more)
