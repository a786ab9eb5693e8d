# SPDX-License-Identifier: BSD-3-Clause
"""On ppce500: a guest that tries everything, beside a victim that must not notice.

docs/ppce500.md has the last review of the golden tables; what the environment changes is in campaign.py.
"""

import re

import pytest

from campaign import (ECHO_NODES, HOSTILE_NODES, PLUGIN, SEED, STEPS, TOP, chosen, compare, die, order, start,
                      unharmed)
import layouts
import machine
from layouts import Part
from machine import Failed

WORK = machine.BUILD / "hostile-ppc"
IMAGE = (0xf0000000, 0xf1000000)  # effective addresses of the hypervisor, arch/ppc-e500mc/map.h
VICTIM_CPU = 2
ROUNDS = 10                      # of a lap of the victim

UART_NODE = """
		uart {
			compatible = "virtual-uart";
			model = "ns16550";
			guest-addr = <0xf 0xe0005000>;
			endpoint = <&mux>;
			mux-channel = <9>;
		};"""

# Command and steps; 270,000 hypercalls on each core. e500v2 has no messages between CPUs, and its TLB abuse
# is without tlbilx: forgetting is a walk of TLB0.
CAMPAIGNS = [
    ("hazards - {} {}", 1), ("syndromes - {} {}", 1), ("hcalls - {} {}", 250000), ("stray - {} {}", 10000),
    ("words - {} {}", 100000),
    ("tlb - {} {}", 12000), ("storm ipi {} {}", 100000), ("storm timer {} {}", 20000), ("storm bell {} {}", 50000),
    ("moves - {} {}", 10000), ("pages - {} {}", 20000), ("storm channel {} {}", 50000), ("sprs - {} {}", 1),
    ("opcodes - {} {}", 1), ("hcalls - {} 7{}", 20000),
]
CAMPAIGNS = chosen(CAMPAIGNS)

# The same classes on the machine that counts instructions.
COUNTED = [
    ("hazards - 1 {}", 1), ("hcalls - {} {}", 3000), ("stray - {} {}", 300), ("words - {} {}", 1500),
    ("tlb - {} {}", 400), ("storm ipi {} {}", 1000), ("storm timer {} {}", 500), ("storm bell {} {}", 1000),
    ("moves - {} {}", 300), ("pages - {} {}", 2000), ("storm channel {} {}", 500), ("sprs - {} {}", 1),
    ("opcodes - {} {}", 1),
]

# Short ones, the first not for e500v2.
HEARD = ["storm ipi 20000 {}", "storm timer 2000 {}", "storm bell 5000 {}", "words - 300 {}"]

# How a dead partition comes back: by itself, or by this command of the hypervisor's shell.
DEATHS = {
    "vectors": "start", "checkstop": "start", "map": "restart", "hang": "restart", "wait": "restart",
    "watchdog": None, "stop": "start", "off": "start", "reset": None, "restart": None, "busy": None,
}


def boot(name, cpu="e500mc", icount=None, mpic=False, counts=None):
    """Hostile on two CPUs, the victim and a partition to talk to on one each."""
    work = WORK / name
    work.mkdir(parents=True, exist_ok=True)
    hostile = Part("hostile", (0, 2), "hostile", extra=HOSTILE_NODES)
    if mpic:
        hostile.extra = "\t\tvirtual-mpic;\n" + hostile.extra + UART_NODE
    parts = [hostile,
             Part("victim", (2, 1), "victim", f"forever=1 rounds={ROUNDS} work=2000 mib=1"),
             Part("echo", (3, 1), "echo", extra=ECHO_NODES)]
    source = layouts.write(work / "layout.dts", parts, TOP)
    bundle = machine.pack(source, [p.image for p in parts], work / "bundle.itb")
    argv = machine.qemu_ppc(cpu=cpu, smp=4, icount=icount) + [
        "-kernel", str(machine.HV), "-initrd", str(bundle)]
    if counts:
        argv += ["-plugin", f"{PLUGIN},out={counts},ppc=1,lo={IMAGE[0]:#x},hi={IMAGE[1]:#x}"]
    return machine.Machine(argv, [p.name for p in parts], log=work / "log", slow=3)


@pytest.mark.parametrize("cpu", ["e500mc", "e500v2_v22"])
def test_campaigns(cpu):
    """All campaigns beside the victim."""
    with boot(f"campaigns-{cpu}", cpu) as m:
        start(m)
        text = ""
        for command, steps in CAMPAIGNS:
            if cpu == "e500mc" or "ipi" not in command:
                text += order(m, command.format(steps * STEPS, SEED))
                unharmed(m)
    if {"sprs", "opcodes"} <= {c[0].split()[0] for c in CAMPAIGNS}:
        compare([row.strip() for row in re.findall(r"^((?:SPR|OP)\d.*?)\r?$", text, re.M)],
                f"instructions-{cpu.split('_')[0]}")


@pytest.mark.parametrize("cpu", ["e500mc", "e500v2_v22"])
def test_heard(cpu):
    """Hundreds of short orders while the shell talks as well, and hostile and echo meet at every lock: none
    goes unheard by a guest that has just fallen asleep, none takes as long as CPUs that wait for each other."""
    with boot(f"heard-{cpu}", cpu) as m:
        start(m)
        for seed in range(40):
            for command in HEARD[cpu != "e500mc":]:
                order(m, command.format(seed), 10)
                m.shell("info", "hostile +running")


def spans(counts, begin):
    """Between marks `begin` and the next number on the victim's CPU: (its instructions, traps)."""
    points = re.findall(rf"^mark ({begin}|{begin + 1}) cpu {VICTIM_CPU} all (\d+) hv (\d+) sum \d+ entries (\d+)",
                        counts.read_text(encoding="ascii"), re.M)
    points = [tuple(map(int, p)) for p in points]
    return [(e[1] - b[1] - (e[2] - b[2]), e[3] - b[3]) for b, e in zip(points[0::2], points[1::2])]


def check_victim(counts, alone):
    """From the second lap on, which finds everything in the TLB, each round's arithmetic takes the
    same instructions and no trap at all; a lap differs by how often a tick comes before its sleep."""
    laps, work = spans(counts, 0x70)[1:], spans(counts, 0x72)[ROUNDS:]
    if alone < 2 or len(laps) < alone + len(COUNTED) - 2 or len(work) < ROUNDS * len(laps):
        raise Failed(f"only {len(laps)} laps, {alone} of them alone")
    if set(work) != {(work[0][0], 0)}:
        raise Failed(f"rounds differ or trap (instructions, traps): {sorted(set(work))}")
    least = min(own for own, _ in laps)
    if any(own > least + 2 * ROUNDS for own, _ in laps):
        raise Failed(f"laps differ (instructions, traps): {sorted(set(laps))}")


def test_counted():
    """All campaigns with -icount, where a message of a CPU to itself would end QEMU, and time is
    instructions: the victim takes the same number of them as before anybody stirred. (Not on e500v2: without
    `wait`, CPUs that idle let time pass.)"""
    counts = WORK / "counts"
    WORK.mkdir(parents=True, exist_ok=True)
    with boot("counted", icount=4, counts=counts) as m:
        start(m)
        alone = len(spans(counts, 0x70))
        for command, steps in COUNTED:
            order(m, command.format(steps * STEPS, SEED))
            unharmed(m)
    check_victim(counts, alone)


def test_devices():
    """Registers of the emulated MPIC and the virtual UART, by every width and with every pattern."""
    with boot("devices", mpic=True) as m:
        start(m)
        order(m, "mpic - 1 1")
        order(m, f"mmio - 1 {SEED}")
        order(m, f"stray - 2000 {SEED}")
        unharmed(m)


def test_deaths():
    """Eleven kinds of death; every rebirth is like the first, and the victim counts on."""
    with boot("deaths") as m:
        die(m, DEATHS)
