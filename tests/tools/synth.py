#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make a large layout and a board for it, to measure the checker with.

usage: synth.py LINES FOLDER     writes FOLDER/synth-board.dts and FOLDER/synth.dts

The layout is sound: every partition has CPUs, areas, devices, a console and doorbells of its own.
What is left to reach the number of lines is spread over the partitions as further areas.
"""

import os
import sys

PARTS = 24
DEVICES = 96
RAM_BASE = 1 << 32
MIB = 1 << 20
AREA = 2 * MIB


def cells(value):
    """A 64-bit number as two cells."""
    return f"{value >> 32:#x} {value & 0xffffffff:#x}"


def board(areas):
    """The source of a board with one CPU for each partition, many devices and enough RAM."""
    ram = (areas + 64) * AREA
    out = ["/dts-v1/;", "/ {", '\tmodel = "synthetic"; compatible = "synthetic";',
           "\t#address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>;",
           '\tpsci { compatible = "arm,psci-1.0"; method = "smc"; };',
           '\tmemory@100000000 { device_type = "memory"; '
           f"reg = <{cells(RAM_BASE)} {cells(ram)}>; }};",
           '\ttimer { compatible = "arm,armv8-timer"; '
           "interrupts = <1 13 4>, <1 14 4>, <1 11 4>, <1 10 4>; };",
           "\tgic: intc@8000000 {", '\t\tcompatible = "arm,gic-v3"; interrupt-controller;',
           "\t\t#interrupt-cells = <3>; #address-cells = <2>; #size-cells = <2>; ranges;",
           "\t\treg = <0 0x8000000 0 0x10000>, <0 0x80a0000 0 0xf60000>;",
           "\t\tinterrupts = <1 9 4>;", "\t};",
           "\tuart0: serial@a000000 {", '\t\tcompatible = "arm,pl011", "arm,primecell";',
           "\t\treg = <0 0xa000000 0 0x1000>; interrupts = <0 1 4>;", "\t};",
           "\tcpus {", "\t\t#address-cells = <1>; #size-cells = <0>;"]
    out += [f'\t\tcpu@{i:x} {{ device_type = "cpu"; compatible = "arm,cortex-a57"; '
            f'reg = <{i:#x}>; enable-method = "psci"; }};' for i in range(PARTS)]
    out += ["\t};"]
    for i in range(DEVICES):
        base = 0xb000000 + i * 0x10000
        out.append(f'\tdevice@{base:x} {{ compatible = "synthetic,device"; '
                   f"reg = <0 {base:#x} 0 0x10000>; interrupts = <0 {16 + i} 4>; }};")
    return "\n".join(out + ["};"]) + "\n"


class Layout:
    """Lines of a layout; areas are handed out one behind the other."""

    def __init__(self):
        self.out = []
        self.areas = 0

    def put(self, depth, *lines):
        """Add lines at an indentation."""
        self.out += ["\t" * depth + line for line in lines]

    def area(self, name):
        """Add a memory area."""
        base = RAM_BASE + self.areas * AREA
        self.areas += 1
        self.put(1, f"{name}: {name.replace('_', '-')} {{", '\tcompatible = "phys-mem-area";',
                 f"\taddr = <{cells(base)}>;", f"\tsize = <{cells(AREA)}>;", "};")

    def partition(self, i):
        """Add one partition without its memory and its end."""
        after = (i + 1) % PARTS
        self.put(1, f"part{i} {{", '\tcompatible = "partition";', f'\tlabel = "guest-{i}";',
                 f"\tcpus = <{i} 1>;", "\tguest-image = <0 0 0 0x80000 0 0x1000>;",
                 "\tdtb-window = <0 0x1f0000 0 0x10000>;")
        self.put(2, f"console{i}: console {{", '\tcompatible = "byte-channel";',
                 "\tendpoint = <&mux>;", f"\tmux-channel = <{i + 1}>;", "};")
        self.put(2, "ring {", '\tcompatible = "send-doorbell";',
                 f"\tglobal-doorbell = <&bell{after}>;", "};")
        self.put(2, "rung {", '\tcompatible = "receive-doorbell";',
                 f"\tglobal-doorbell = <&bell{i}>;", "};")
        for k in range(DEVICES // PARTS):
            base = 0xb000000 + (i * (DEVICES // PARTS) + k) * 0x10000
            self.put(2, f"device{k} {{", f'\tdevice = "/device@{base:x}";', "};")

    def guest_area(self, i, k):
        """Give area k of a partition to its guest."""
        self.put(2, f"mem{k} {{", '\tcompatible = "guest-phys-mem-area";',
                 f"\tphys-mem = <&area{i}_{k}>;", f"\tguest-addr = <{cells(k * AREA)}>;", "};")


def layout(lines):
    """Return (source, number of areas) of a layout of about that many lines."""
    fixed = PARTS * (21 + 4 + 3 * DEVICES // PARTS) + 40
    per_part = max(1, -(-(lines - fixed) // (PARTS * 10)))
    text = Layout()
    text.put(0, "/dts-v1/;", "/ {", '\tcompatible = "hv-config-tree";')
    text.area("hv_mem")
    for i in range(PARTS):
        for k in range(per_part):
            text.area(f"area{i}_{k}")
        text.put(1, f"bell{i}: bell{i} {{", '\tcompatible = "doorbell";', "};")
    text.put(1, "hv {", '\tcompatible = "hv-config";', "\tstdout = <&hvcon>;")
    text.put(2, "memory {", '\tcompatible = "hv-memory";', "\tphys-mem = <&hv_mem>;", "};")
    text.put(2, "uart: uart {", '\tdevice = "/serial@a000000";', "};")
    text.put(2, "hvcon: console {", '\tcompatible = "byte-channel";', "\tendpoint = <&mux>;",
             "\tmux-channel = <0>;", "};")
    text.put(1, "};", "mux: mux {", '\tcompatible = "byte-channel-mux";',
             "\tendpoint = <&uart>;", "};")
    for i in range(PARTS):
        text.partition(i)
        for k in range(per_part):
            text.guest_area(i, k)
        text.put(1, "};")
    text.put(0, "};")
    return "\n".join(text.out) + "\n", text.areas


def main():
    """Write both files."""
    lines, folder = int(sys.argv[1]), sys.argv[2]
    text, areas = layout(lines)
    for name, content in (("synth.dts", text), ("synth-board.dts", board(areas))):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(content)


if __name__ == "__main__":
    main()
