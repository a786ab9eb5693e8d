# SPDX-License-Identifier: BSD-3-Clause
"""A guest that tries everything, beside a victim that must not notice.

On the deterministic machine the victim's instructions between its marks are counted by the plugin: each
of its laps must take exactly as many as the first, which ran before the campaigns. What the environment
changes is in campaign.py.
"""

import re

import pytest

from campaign import (ECHO_NODES, HOSTILE_NODES, PLUGIN, SEED, STEPS, TOP, chosen, compare, die, order, start,
                      unharmed)
import layouts
import machine
from layouts import Part
from machine import Failed

WORK = machine.BUILD / "hostile"
VICTIM_GPA = 0x80000000

# Command and steps; together well above 200,000 hypercalls.
CAMPAIGNS = [
    ("hcalls - {} {}", 210000), ("smc any {} {}", 50000), ("smc hvc {} {}", 20000),
    ("mmio all {} {}", 1), ("stray - {} {}", 20000), ("words - {} {}", 100000),
    ("storm ipi {} {}", 20000), ("storm sgir {} {}", 20000), ("storm timer {} {}", 20000), ("storm bell {} {}", 20000),
    ("storm channel {} {}", 20000), ("storm lines {} {}", 50000), ("hcalls - {} 7{}", 20000),
    ("sysregs - {} {}", 1),
]
CAMPAIGNS = chosen(CAMPAIGNS)

# How a dead partition comes back: by itself, or by this command of the hypervisor's shell.
DEATHS = {
    "undefined": "restart", "branch": "restart", "stack": "restart", "hang": "restart", "halt": "restart",
    "mmu": "restart", "cpuoff": "start", "off": "start", "stop": "start", "reset": None, "restart": None,
    "busy": None, "wildcpu": "restart",
}


def boot(name, mode, icount=7, gic=3, cpu="cortex-a53", alone=False):
    """Hostile on two CPUs, the victim and a partition to talk to on one each (or nobody)."""
    work = WORK / name
    work.mkdir(parents=True, exist_ok=True)
    parts = [Part("hostile", (0, 2), "hostile", mode=mode, extra=HOSTILE_NODES),
             Part("victim", (2, 1), "victim", "forever=1 rounds=20 work=5000 mib=4", mode=mode,
                  gpa=VICTIM_GPA),
             Part("echo", (3, 1), "echo", mode=mode, extra=ECHO_NODES)]
    if alone:
        parts, parts[0].extra = parts[:1], ""
    source = layouts.write(work / "layout.dts", parts, TOP)
    bundle = machine.pack(source, [p.image for p in parts], work / "bundle.itb")
    argv = machine.qemu(cpu=cpu, gic=gic, icount=icount) + [
        "-kernel", str(machine.HV), "-initrd", str(bundle)]
    counts = work / "counts"
    if icount is not None:
        argv += ["-plugin", f"{PLUGIN},out={counts},lo=0x40200000,hi=0x40800000,"
                 f"glo={VICTIM_GPA:#x},ghi={VICTIM_GPA + (1 << 28):#x}"]
    return machine.Machine(argv, [p.name for p in parts], log=work / "log"), counts


def laps(counts):
    """Instructions of the victim between its marks: (its own, the hypervisor's on its CPU)."""
    points = re.findall(r"^mark (\d+) cpu (\d+) all (\d+) hv (\d+)", counts.read_text(encoding="ascii"), re.M)
    points = [tuple(map(int, p)) for p in points]
    pairs = zip(points[0::2], points[1::2])
    return [(e[2] - b[2] - (e[3] - b[3]), e[3] - b[3]) for b, e in pairs]


def check_laps(counts, mode):
    """Every lap took exactly the same number of instructions; in direct mode none at EL2."""
    found = laps(counts)
    own = {n for n, _ in found}
    if len(found) < 4:
        raise Failed(f"only {len(found)} laps")
    if len(own) != 1:
        raise Failed(f"laps of {len(found)} differ: {sorted(own)}")
    if mode == "direct" and any(hv for _, hv in found):
        raise Failed(f"the hypervisor ran on the victim's CPU: {max(hv for _, hv in found)} instructions")


@pytest.mark.parametrize("mode", ["direct", "virtual"])
def test_campaigns(mode):
    """All campaigns on the deterministic machine; the victim's laps are counted."""
    m, counts = boot(f"campaigns-{mode}", mode)
    with m:
        start(m)
        for command, steps in CAMPAIGNS:
            order(m, command.format(steps * STEPS, SEED))
            unharmed(m)
    check_laps(counts, mode)


@pytest.mark.parametrize("mode", ["direct", "virtual"])
def test_deaths(mode):
    """Thirteen kinds of death; every rebirth is like the first, and the victim counts on."""
    m, counts = boot(f"deaths-{mode}", mode)
    with m:
        die(m, DEATHS)
    check_laps(counts, mode)


@pytest.mark.parametrize("mode,gic,cpu", [("direct", 3, "cortex-a53"), ("virtual", 3, "cortex-a53"),
                                          (None, 2, "cortex-a53"), ("direct", 3, "max,pauth-impdef=on")])
def test_parallel(mode, gic, cpu):
    """The same without counting, all CPUs at once."""
    m, _ = boot(f"parallel-{mode}-gic{gic}-{cpu.split(',')[0]}", mode, None, gic, cpu)
    with m:
        start(m)
        for command, steps in CAMPAIGNS:
            order(m, command.format(steps * STEPS, SEED + 1))
        unharmed(m)


@pytest.mark.parametrize("mode", ["direct", "virtual"])
@pytest.mark.parametrize("cpu", ["cortex-a53", "cortex-a76"])
def test_sysregs(cpu, mode):
    """Every system register encoding has the outcome of the reviewed table.

    Nobody else runs: time must be this CPU's instructions and nothing else. The same sweep runs beside
    the victim among the campaigns.
    """
    m, _ = boot(f"sysregs-{cpu}-{mode}", mode, 4, cpu=cpu, alone=True)
    with m:
        m.expect("hostile", "HOSTILE ready", 60)
        order(m, "sysregs", 600)
        text = m.channel("hostile").text
        m.shell("info", r"hostile +running")
    table = re.findall(r"^(S\d_\d_C\d+_C\d+_\d .*?)\r?$", text, re.M)
    table = [re.sub(r"(S3_3_C14_C0_1 \w+) .*", r"\1", row) for row in table]  # the counter: its value is time
    compare(table, f"sysregs-{cpu}-{mode}")
