# SPDX-License-Identifier: BSD-3-Clause
"""Devices of a hostile partition fire at all that is not its own: no foreign byte changes.

Three partitions: hostile with eight DMA engines and memory at its host address, so that what its devices
aim at is what they would hit; a bystander with two engines at work; a victim with canaries over its
memory. What a store carries is one word that this file looks for in all memory, through QEMU's monitor.
Every shot is refused with one record, and the hypervisor's count must be exact.
"""

import re
import time

import pytest

import campaign
from campaign import PLUGIN, SEED, STEPS, born, order
from test_hostile import check_laps
import layouts
import machine
from layouts import MIB, Part, edu, virtio
from machine import Failed
from qmp import Qmp
from scenarios_dma import VIRTIO, blk, edus, hub, refused, together

WORK = machine.BUILD / "hostile"
RAM = (0x40000000, 1 << 30)
OWN = (layouts.FIRST_RAM, 16 * MIB)
VICTIM_GPA = 0x80000000
OWN_SLOTS, OTHER_SLOTS = range(1, 9), (9, 10)

# Areas nobody's device may reach; those of partitions are added from the layout.
AREAS = {
    "hypervisor": (0x40000000, 0x10000000), "image": (0x40200000, 0x100000), "bundle": (0x48000000, 0x1000),
    "unowned": (0x53000000, 0x2d000000), "flash": (0x0, 0x8000000), "distributor": (0x08000000, 0x10000),
    "its": (0x08080000, 0x10000), "translater": (0x08090000, 0x10000), "redistributors": (0x080a0000, 0x80000),
    "uart": (0x09000000, 0x1000), "fw-cfg": (0x09020000, 0x1000), "smmu": (0x09050000, 0x20000),
    "virtio-mmio": (0x0a000000, 0x4000), "bars": (0x10000000, 0x2eff0000), "ecam": (0x4010000000, 0x10000000),
    "high-bars": (0x8000000000, 0x8000000000), "39-bit": (0x7ffffff000, 0x1000), "44-bit": (0xffffffff000, 0x1000),
}

# Registers that hold addresses of tables: SMMU streams, commands, events; ITS tables and commands; LPIs.
TABLES = {"streams": 0x09050080, "commands": 0x09050090, "events": 0x090500a0, "its-devices": 0x08080100,
          "its-collections": 0x08080108, "its-commands": 0x08080080, "lpi-config": 0x080a0070,
          "lpi-pending": 0x080a0078}


class Range:
    """The machine, its monitor, and what was counted."""

    def __init__(self, name, icount=7):
        self.work = WORK / name
        self.work.mkdir(parents=True, exist_ok=True)
        self.qmp = Qmp(self.work / "qmp")
        parts = [
            Part("hostile", (0, 2), "hostile", gpa=OWN[0],
                 extra="\n".join(edu(f"edu{s}", s, int(s > 4), int(s < 5)) for s in OWN_SLOTS)),
            Part("victim", (2, 1), "victim", "forever=1 rounds=20 work=5000 mib=64", gpa=VICTIM_GPA),
            Part("other", (3, 1), "edu", "forever=1 expect=2",
                 extra="\n".join(edu(f"edu{s}", s, 1) for s in OTHER_SLOTS))]
        source = layouts.write(self.work / "layout.dts", parts)
        bundle = machine.pack(source, [p.image for p in parts], self.work / "bundle.itb")
        argv = machine.qemu(icount=icount, iommu=True, extra=[*edus(*OWN_SLOTS, *OTHER_SLOTS), *self.qmp.argument()])
        argv += ["-kernel", str(machine.HV), "-initrd", str(bundle)]
        self.counts = self.work / "counts"
        argv += ["-plugin", f"{PLUGIN},out={self.counts},lo=0x40200000,hi=0x40800000,"
                 f"glo={VICTIM_GPA:#x},ghi={VICTIM_GPA + (1 << 28):#x}"]
        self.m = machine.Machine(argv, [p.name for p in parts], log=self.work / "log")
        self.areas = dict(AREAS, victim=(0x51000000, 16 * MIB), other=(0x52000000, 16 * MIB))
        self.shots = 0

    def start(self):
        """Everybody is up."""
        self.entry = born(self.m)
        self.m.judge("victim", 120)
        self.m.judge("victim", 120)
        self.m.judge("other", 120)
        for name, register in TABLES.items():
            at = self.qmp.register(register) & 0xffffffff000
            if at - RAM[0] >= RAM[1]:
                raise Failed(f"{name}: the register says {at:#x}")
            self.areas[name] = (at, 0x1000)

    def wild(self, target, steps, seed=SEED):
        """One campaign; its shots are what the hypervisor has counted, on hostile's streams alone."""
        before = refused(self.m)
        order(self.m, f"wild {target} {steps} {seed}")
        self.checked(before, target)

    def checked(self, before, what):
        """The report of a campaign against the records."""
        text = self.m.channel("hostile").before.decode("utf-8", "replace")
        shots, _ = self.report(text)
        after = recorded(self.m, before, shots)
        grown = {s: n - before[s][1] for s, (_, n) in after.items() if n != before[s][1]}
        wrong = {s: n for s, n in grown.items() if after[s][0] != "hostile"}
        if wrong or sum(grown.values()) != shots:
            raise Failed(f"{what}: {shots} shots, but records by stream {grown}")
        self.shots += shots

    def report(self, text):
        """Shots of a campaign, and the word its stores carried."""
        seen = re.search(r"wild \S+: (\d+) shots, \d+ stores of (0x[0-9a-f]+)", text)
        self.magic = int(seen.group(2), 16).to_bytes(4, "little")
        return int(seen.group(1)), seen.group(2)

    def found(self):
        """How often the word of hostile's stores is in memory that is not hostile's."""
        image = self.qmp.memory(*RAM, self.work / "ram")
        total, at = 0, image.find(self.magic)
        while at >= 0:
            total += at % 4 == 0 and not OWN[0] <= RAM[0] + at < OWN[0] + OWN[1]
            at = image.find(self.magic, at + 1)
        return total

    def unharmed(self):
        """The others have finished something that began after now."""
        campaign.unharmed(self.m, ("victim", "other"))
        if self.found():
            raise Failed(f"{self.found()} words of hostile are in foreign memory")
        self.m.shell("plan verify")
        self.m.shell("info", r"victim +running")


def recorded(m, before, shots, timeout=10.0):
    """What the hypervisor has counted, once it has read the records of so many shots: a batch a millisecond."""
    end = time.monotonic() + timeout * m.slow
    while True:
        after = refused(m)
        if sum(n - before[s][1] for s, (_, n) in after.items()) >= shots or time.monotonic() > end:
            return after
        m.run(0.1)


def under_fire(r, what, again):
    """Random shots without end while something happens to a partition."""
    before = refused(r.m)
    r.m.send("hostile", f"wild any 0 {SEED + 7}\n")
    r.m.shell_until("iommu", r"hostile", 10)
    while refused(r.m) == before:
        r.m.run(0.1)
    what()
    if not again:
        r.m.send("hostile", "x")
        r.m.expect("hostile", r"END wild\r?\n", 60)
        r.checked(before, "under fire")


def test_wild():
    """Edges of everything, then at random; before, during and after restarts of others and of itself."""
    r = Range("wild")
    with r.m as m:
        r.start()
        for base, size in r.areas.values():
            r.wild(f"{base:#x}+{size:#x}", 24)
        r.wild("any", 1000 * STEPS)
        r.unharmed()

        def other_restarts():
            for _ in range(3):
                m.channel("other").drain()
                m.shell("restart other")
                m.expect("other", "PASS devices", 120)  # said once in a life
                m.expect("other", r"DONE \d+", 120)
                m.judge("other", 120)
        under_fire(r, other_restarts, False)
        r.unharmed()

        def own_restart():
            m.run(0.5)
            m.shell("restart hostile")
            if born(m) != r.entry:
                raise Failed("hostile's machine is not that of the first boot")
        for _ in range(3):
            under_fire(r, own_restart, True)
        m.run(1)
        r.wild("any", 1000 * STEPS, SEED + 1)
        r.unharmed()
        strangers = re.search(r"streams of nobody: (\d+) refused", m.shell("iommu"))
        if r.shots < 2000 * STEPS or not strangers or strangers.group(1) != "0":
            raise Failed(f"{r.shots} shots, strangers {strangers and strangers.group(1)}")
    check_laps(r.counts, "virtual")


def test_stop():
    """Memory of a partition that was stopped while its devices transferred does not change any more."""
    r = Range("stop")
    with r.m as m:
        r.start()
        for n in range(8):
            m.run(0.05 * (n % 3))
            m.shell("stop other")
            m.shell_until("info", r"other +stopped")
            images = []
            for _ in range(2):
                images.append(r.qmp.memory(*r.areas["other"], r.work / "ram"))
                m.run(0.5)
            if images[0] != images[1]:
                raise Failed(f"life {n}: memory changed after the stop")
            m.shell("start other")
            m.expect("other", r"edu 0: ", 60)
            m.judge("other", 60)


def linux_beside(work):
    """Two Linux guests with disks and a network between them, and hostile; no instruction clock."""
    parts = [layouts.linux(name, (n, 1), "cloud", initrd="initrd-pci", extra="\n".join(
        [virtio("disk", 2 * n + 11, 2), virtio("network", 2 * n + 12, 3)])) for n, name in enumerate(("alpha", "beta"))]
    parts.append(Part("hostile", (2, 1), "hostile", gpa=0x70000000, at=0x70000000,
                      extra="\n".join(edu(f"edu{s}", s, int(s > 4), int(s < 5)) for s in OWN_SLOTS)))
    bundle = machine.pack(layouts.write(work / "layout.dts", parts), {i for p in parts for i in p.wanted},
                          work / "bundle.itb")
    argv = machine.qemu(iommu=True, disks=("alpha", "beta"), extra=[
        *edus(*OWN_SLOTS), *blk(11, "alpha"), *hub(12, f"virtio-net-pci,addr=0xc,{VIRTIO}"),
        *blk(13, "beta"), *hub(14, f"virtio-net-pci,addr=0xe,{VIRTIO}")])
    argv += ["-kernel", str(machine.HV), "-initrd", str(bundle)]
    return machine.Machine(argv, [p.name for p in parts], log=work / "log")


def test_beside_linux():
    """Two Linux guests use their disks and network while the third partition's devices fire."""
    work = WORK / "beside-linux"
    work.mkdir(parents=True, exist_ok=True)
    with linux_beside(work) as m:
        m.linux_ready("alpha", 1)
        m.linux_ready("beta", 1)
        m.expect("hostile", "HOSTILE ready", 60)
        before = refused(m)
        m.send("hostile", f"wild any 0 {SEED}\n")
        together(m, alpha="exercise disk vda", beta="exercise disk vda", timeout=120)
        together(m, alpha="exercise net virtio_net 10.1.0.1/24", beta="exercise net virtio_net 10.1.0.2/24")
        together(m, alpha="exercise serve", beta="exercise ping 10.1.0.1")
        together(m, beta="exercise fetch 10.1.0.1")
        m.send("hostile", "x")
        m.expect("hostile", r"END wild\r?\n", 60)
        shots = int(re.search(r"wild any: (\d+) shots", m.channel("hostile").before.decode()).group(1))
        after = recorded(m, before, shots)
        grown = {s: n - before[s][1] for s, (owner, n) in after.items() if owner == "hostile"}
        if sum(grown.values()) != shots or shots < 50 or any(
                n for owner, n in after.values() if owner != "hostile"):
            raise Failed(f"{shots} shots, records {grown}, of all {after}")


def overflows(m):
    """How often the SMMU's event queue was full."""
    return int(re.search(r"(\d+) overflows", m.shell("iommu")).group(1))


def test_flood():
    """More refused accesses at once than the event queue holds: it is said, and then all is as before."""
    r = Range("flood")
    with r.m as m:
        r.start()
        order(m, f"flood {AREAS['hypervisor'][0]:#x} 4 1")
        m.run(1)
        if overflows(m) == 0:
            raise Failed("the event queue never was full")
        m.shell("log", r"faster than they could be recorded")
        before = overflows(m)
        r.wild("any", 256)
        if overflows(m) != before:
            raise Failed("the queue still overflows")
        r.unharmed()
    check_laps(r.counts, "virtual")


def test_messages():
    """Any data to the page that takes messages, and any access to the frame: only hostile's interrupts."""
    r = Range("messages")
    with r.m as m:
        r.start()
        order(m, f"message - {400 * STEPS} {SEED}")
        order(m, f"mmio messages 1 {SEED}")
        order(m, f"message - {80 * STEPS} {SEED + 1}")
        r.magic = b"\xff\xff\xff\xff" * 4
        campaign.unharmed(m, ("victim", "other"))
    check_laps(r.counts, "virtual")


def test_burst():
    """Messages as fast as they can be sent: the victim's laps are the same, and the hypervisor answers."""
    r = Range("burst")
    with r.m as m:
        r.start()
        m.send("hostile", f"burst - {20000 * STEPS} {SEED}\n")
        for _ in range(3):
            m.judge("victim", 120)
            m.shell("info", r"hostile +running")
        m.expect("hostile", r"END burst\r?\n", 240)
        if "LPI" in m.shell("log"):
            raise Failed("an LPI came to a CPU that must not get it")
        order(m, f"burst - 64 {SEED}")
        m.send("hostile", f"burst - {1 << 40} {SEED}\n")
        m.shell("restart hostile")
        m.expect("hostile", r"HOSTILE ready", 60)
        campaign.unharmed(m, ("victim", "other"))
    check_laps(r.counts, "virtual")


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_config(seed):
    """Every offset, width and pattern of the configuration space: nobody else's function notices."""
    r = Range(f"config-{seed}")
    with r.m as m:
        r.start()
        before = r.qmp.functions()
        order(m, f"config - 8 {seed}")
        after = r.qmp.functions()
        for place, text in before.items():
            if place[1] in OWN_SLOTS:  # its interrupt line register is its own business
                text, after[place] = (re.findall(r"BAR.*", t) for t in (text, after[place]))
            if after.get(place) != text:
                raise Failed(f"function {place}: {text!r} became {after.get(place)!r}")
        r.wild("any", 64, seed)
        r.unharmed()
    check_laps(r.counts, "virtual")
