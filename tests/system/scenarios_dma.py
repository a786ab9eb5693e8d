# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios with devices of partitions' own: PCI functions behind the SMMU, messages, platform devices."""

import os
import re

import layouts
import machine
from layouts import MIB, Part, edu, linux, virtio
from machine import Failed
from qmp import Qmp
from scenarios import Scenario, command, judge, off, ready, shell

VIRTIO = "disable-legacy=on,iommu_platform=on"
RESTARTS = int(os.environ.get("FACET_RESTARTS", "5"))
EDU = "edu,dma_mask=0xffffffffffff"


def edus(*slots):
    """QEMU arguments of DMA engines in these slots of bus 0."""
    return [a for slot in slots for a in ("-device", f"{EDU},addr={slot:#x}")]


def blk(slot, drive):
    """QEMU arguments of a virtio disk."""
    return ["-device", f"virtio-blk-pci,addr={slot:#x},drive={drive},num-queues=1,{VIRTIO}"]


def hub(number, device):
    """QEMU arguments of a network device on the hub inside QEMU."""
    return ["-netdev", f"hubport,id=port{number},hubid=0",
            "-device", f"{device},netdev=port{number},mac=52:54:00:00:00:{number:02x},romfile="]


PAIR = dict(iommu=True, disks=("left-disk", "left-nvme", "right-disk"), extra=[
    *blk(1, "left-disk"), *hub(2, f"virtio-net-pci,addr=2,{VIRTIO}"),
    "-device", "nvme,addr=3,serial=left,drive=left-nvme",
    *blk(4, "right-disk"), *hub(5, f"virtio-net-pci,addr=5,{VIRTIO}"), *hub(6, "e1000e,addr=6")])


def together(m, timeout=60, **commands):
    """A command in each of several Linux guests at the same time; all must end with `ok`."""
    for name, text in commands.items():
        m.send(name, text + "; echo END''$?\n")
    for name, text in commands.items():
        m.expect(name, r"END(\d+)\r?\n", timeout)
        seen = m.channel(name).before.decode("utf-8", "replace")
        if m.channel(name).match.group(1) != b"0" or " ok\r" not in seen:
            raise Failed(f"{name}: '{text}' answered: {' '.join(seen.split())[-300:]}")


def networks_up(m):
    """Both networks: virtio to virtio, virtio to e1000e."""
    together(m, left="exercise net virtio_net 10.1.0.1/24 10.2.0.1/24",
             right="exercise net virtio_net 10.1.0.2/24; exercise net e1000e 10.2.0.2/24")


def networks_used(m):
    """Packets and a stream over each of them."""
    for address in ("10.1.0.1", "10.2.0.1"):
        together(m, right=f"exercise ping {address}")
        together(m, right=f"exercise fetch {address}")


def two_linux_pci(m):
    """Disks and networks of both halves at work; one restarts while the other goes on."""
    m.linux_ready("left", 2)
    m.linux_ready("right", 2)
    together(m, left="exercise disk vda", right="exercise disk vda", timeout=120)
    together(m, left="exercise disk nvme0n1", timeout=120)
    networks_up(m)
    together(m, left="exercise serve")
    networks_used(m)
    m.linux("right", "(exercise loop vda 4 >/tmp/loop &)")
    m.linux("left", "(exercise loop nvme0n1 4 >/tmp/loop &)")
    before = int(m.linux("right", "wc -l </tmp/loop"))
    m.shell("restart left")
    m.linux_ready("left", 2)
    together(m, left="exercise disk vda 16; exercise disk nvme0n1 16", timeout=120)
    m.linux("right", "touch /tmp/enough; while pidof exercise >/dev/null; do sleep 1; done", timeout=60)
    text = m.linux("right", "tail -n 1 /tmp/loop; wc -l </tmp/loop; grep -v ' ok$' /tmp/loop")
    laps = int(re.search(r"^(\d+)\r?$", text, re.M).group(1))
    if "FAIL" in text or laps < before + 2:
        raise Failed(f"right: {before} laps before, {' '.join(text.split())[:200]}")
    together(m, left="exercise net virtio_net 10.1.0.1/24 10.2.0.1/24; exercise serve")
    networks_used(m)
    m.shell("info", r"left +running.*right +running")


def edu_restarts(m):
    """A partition is restarted while its devices transfer; what it and its neighbour have stays right."""
    m.judge("victim", 90)
    m.judge("guest")
    for n in range(20):
        if n % 2:
            m.run(0.15)
        m.shell("restart guest")
        m.expect("guest", r"edu 0: ")  # a life's first words: what comes before is of the last one
        m.judge("guest")
    m.judge("victim", 90)
    m.judge("victim", 90)
    m.shell("info", r"guest +running +\S+ +21 ")


def linux_restarts(m):
    """Again and again a Linux is restarted while its disk and network work; the other one's data stay right."""
    m.linux_ready("beta", 1)
    m.linux_ready("alpha", 1)
    together(m, beta="exercise disk vda 4; exercise net virtio_net 10.1.0.2/24")
    m.linux("beta", "(exercise loop vda 4 >/tmp/loop &)")
    for n in range(RESTARTS):
        together(m, alpha="exercise disk vda 2")
        m.linux("alpha", "exercise net virtio_net 10.1.0.1/24; (ping -i 0.1 10.1.0.2 >/dev/null &)")
        m.linux("alpha", "(exercise loop vda 2 >/dev/null &)")
        m.run(0.2 * (n % 4))
        m.shell("restart alpha")
        m.linux_ready("alpha", 1)
    together(m, alpha="exercise net virtio_net 10.1.0.1/24; exercise ping 10.1.0.2")
    m.linux("beta", "touch /tmp/enough; while pidof exercise >/dev/null; do sleep 1; done", timeout=60)
    text = m.linux("beta", "wc -l </tmp/loop; grep -v ' ok$' /tmp/loop")
    if "FAIL" in text or int(re.search(r"^(\d+)\r?$", text, re.M).group(1)) < RESTARTS:
        raise Failed(f"beta: {' '.join(text.split())[:200]}")
    m.shell("info", rf"alpha +running +\S+ +{RESTARTS + 1} ")


def refused(m):
    """stream -> how many of its accesses were refused."""
    text = m.shell("iommu")
    rows = re.findall(r"^(0x[0-9a-f]+|\d+) +(\S+) +(?:open|blocked) +\d+ +\d+((?: +\d+)+)  \S", text, re.M)
    if not rows:
        raise Failed(f"iommu answered: {' '.join(text.split())[:200]}")
    return {int(s, 0): (owner, sum(map(int, counts.split()))) for s, owner, counts in rows}


def window(m):
    """A device reaches its window and nothing else of its partition's memory."""
    m.judge("guest")
    if refused(m)[8][1] == 0:
        raise Failed("no refused access was recorded")


def mismatch(m):
    """The layout says another size than the hardware has: that partition does not start, and why."""
    m.judge("good")
    text = m.channel("boot").text + m.channel("hv").text
    if not re.search(r"pci-bars = <0 0 0x100000>", text):
        raise Failed("the console does not tell the property to write")
    m.shell("info", r"good +running")


def past_the_iommu(m):
    """A virtio disk that addresses memory behind the SMMU's back is not given to anybody; the line says why."""
    m.judge("good")
    m.shell("info", r"bad +error")
    if "past the IOMMU" not in m.channel("boot").text + m.channel("hv").text:
        raise Failed("the console does not say why")


def commands_repaired(m):
    """The SMMU refuses a command; the queue goes on and so do the devices."""
    m.judge("guest")
    for _ in range(3):
        m.shell("iommu check", r"went on")
        m.expect("hv", r"its queue was repaired", 10)
    m.judge("guest")
    m.judge("guest")


WINDOW = """\
		win: win {
			guest-addr = <0x0 0x40c00000>;
			size = <0x0 0x100000>;
		};
"""

# Platform devices: a clock, GPIO lines, and a disk no SMMU confines.
PLATFORM = """\
		rtc { device = "/pl031@9010000"; };
		gpio { device = "/pl061@9030000"; };
		disk { device = "/virtio_mmio@a003e00"; allow-unprotected-dma; };
"""


def platform(m):
    """A clock, GPIO lines with the power button on the fourth, and a disk that is trusted in so many words."""
    m.linux_ready("linux", 1)
    if not re.search(r"trusted", m.channel("boot").text + m.channel("hv").text, re.I):
        raise Failed("the console does not name the device that no IOMMU confines")
    m.linux("linux", "exercise disk vda 8", r" ok", 60)
    m.linux("linux", "hwclock -r && dmesg | grep -c 'rtc-pl031.*registered'", r"^1\r?$")
    m.linux("linux", "cd /sys/class/gpio; pin=$(($(cat gpiochip*/base | head -n 1) + 3)); echo $pin >export; "
            "echo both >gpio$pin/edge; cd /")
    m.linux("linux", "grep -i gpio /proc/interrupts", r" 0 +\S+ +3 ")
    qmp = Qmp(machine.BUILD / "system" / "platform-devices" / "qmp")
    qmp.do("system_powerdown")
    m.linux("linux", "sleep 1; grep -i gpio /proc/interrupts", r" [1-9]\d* +\S+ +3 ")


def forgotten(m):
    """What a driver told a virtio device that has no other reset does not outlive its partition."""
    qmp = Qmp(machine.BUILD / "system" / "linux-virtio-intx" / "qmp")
    device = qmp.do("x-query-virtio")[0]["path"]
    before = qmp.do("x-query-virtio-status", path=device)
    m.shell("stop linux")
    m.shell_until("info", r"linux +stopped", 10)
    after = qmp.do("x-query-virtio-status", path=device)
    if "DRIVER_OK" not in str(before["status"]) or after["status"]["statuses"]:
        raise Failed(f"virtio status {before['status']}, then {after['status']}")


def edu_parts(mode=None, more="", args="", vectors=1, intx=0, slots=(1, 2, 3, 4), **part):
    """A partition with DMA engines."""
    nodes = "\n".join(edu(f"edu{slot}", slot, vectors, intx) for slot in slots)
    return Part("guest", (0, 1), "edu", f"expect={len(slots)} {args}".strip(), mode=mode, extra=more + nodes,
                **part)


BARE = [
    Scenario(f"bare-edu-gic{gic}", [Part("guest", image="edu")], [judge("guest"), off()],
             dict(gic=gic, its=True, virt=False, extra=edus(1, 2, 3, 4)), "bare") for gic in (3, 2)
]

EDUS = dict(iommu=True, extra=edus(1, 2, 3, 4))

PROGRAMS = [
    Scenario("edu-msi", [edu_parts()], [judge("guest")], EDUS),
    *[Scenario(f"edu-intx-{mode}", [edu_parts(mode, vectors=0, intx=1)], [judge("guest")], EDUS)
      for mode in ("virtual", "direct")],
    Scenario("edu-intx-gic2", [edu_parts(vectors=0, intx=1)], [judge("guest")], dict(EDUS, gic=2)),
    Scenario("edu-two-partitions", [
        edu_parts(slots=(1, 2), args="forever=1"),
        Part("two", (1, 1), "edu", "expect=2", extra=edu("edu3", 3, 1) + "\n" + edu("edu4", 4, 0, 1))],
        [judge("two"), judge("guest"), judge("guest")], EDUS),
    Scenario("edu-window", [Part("guest", (0, 1), "edu", "window=0x40c00000 size=0x100000", extra=WINDOW + edu(
        "edu1", 1, 1, more="dma-window = <&win>;"))], [window], EDUS),
    Scenario("edu-restart-20", [edu_parts(args="forever=1 rounds=2"),
                                Part("victim", (1, 1), "victim", "forever=1 rounds=200 mib=64")],
             [edu_restarts], EDUS),
    Scenario("bar-mismatch", [
        Part("good", (0, 1), "edu", "expect=1 forever=1", extra=edu("edu1", 1)),
        Part("bad", (1, 1), "edu", extra=layouts.pci("edu2", 2, [(0, 2 * MIB)], 1))], [mismatch], EDUS),
    Scenario("virtio-past-the-iommu", [
        Part("good", (0, 1), "edu", "expect=1 forever=1", extra=edu("edu1", 1)),
        Part("bad", (1, 1), "hello", extra=virtio("disk", 2, 2))], [past_the_iommu],
             dict(iommu=True, disks=("one",), extra=[
                 *edus(1), "-device", "virtio-blk-pci,addr=2,drive=one,num-queues=1,disable-legacy=on"])),
    Scenario("smmu-overflow", [Part("guest", (0, 1), "edu", "expect=12 flood=0x48000000", extra="\n".join(
        edu(f"edu{slot}", slot) for slot in range(1, 13)))], [judge("guest"), shell("iommu", r"[1-9]\d* overflows")],
             dict(iommu=True, extra=edus(*range(1, 13)))),
    Scenario("smmu-command-refused", [edu_parts(args="forever=1")], [commands_repaired], EDUS),
]

LINUX = [
    Scenario("linux-virtio-intx", [linux("linux", (0, 1), initrd="initrd-pci", extra=virtio("disk", 1, 0, 1))],
             [ready("linux", 1), command("linux", "exercise disk vda 8", " ok", 60),
              command("linux", "grep virtio0 /proc/interrupts", "Level"), forgotten],
             dict(iommu=True, disks=("one",), extra=[
                 *blk(1, "one"), *Qmp(machine.BUILD / "system" / "linux-virtio-intx" / "qmp").argument()])),
    Scenario("linux-nvme-intx", [linux("linux", (0, 1), initrd="initrd-pci", extra=layouts.pci(
        "nvme", 1, [(0, 0x4000)], 0, 1))],
             [ready("linux", 1), command("linux", "exercise disk nvme0n1 8", " ok", 60),
              command("linux", "grep nvme /proc/interrupts", "Level")],
             dict(iommu=True, disks=("one",), extra=["-device", "nvme,addr=1,serial=one,drive=one"])),
    Scenario("linux-restart-disks", [
        linux(name, (n, 1), "cloud", initrd="initrd-pci", extra=virtio("disk", 2 * n + 1, 2) + "\n" + virtio(
            "network", 2 * n + 2, 3)) for n, name in enumerate(("alpha", "beta"))], [linux_restarts],
             dict(iommu=True, disks=("one", "two"), extra=[
                 *blk(1, "one"), *hub(2, f"virtio-net-pci,addr=2,{VIRTIO}"),
                 *blk(3, "two"), *hub(4, f"virtio-net-pci,addr=4,{VIRTIO}")])),
    Scenario("platform-devices", [linux("linux", (0, 1), initrd="initrd-pci", gpa=layouts.FIRST_RAM, extra=PLATFORM)],
             [platform], dict(disks=("one",), extra=[
                 "-global", "virtio-mmio.force-legacy=false", "-device", "virtio-blk-device,drive=one",
                 *Qmp(machine.BUILD / "system" / "platform-devices" / "qmp").argument()])),
    Scenario("two-linux-pci", [], [two_linux_pci], PAIR, layout="two-linux-pci.dts",
             images=("linux-arm64", "linux-cloud", "initrd-pci"), names=("left", "right")),
]

SCENARIOS = BARE + PROGRAMS + LINUX
