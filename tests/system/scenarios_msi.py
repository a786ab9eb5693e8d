# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios with messages of devices: they follow the guest's routing, and cost only their owner."""

import re

from layouts import Part, linux, virtio
from machine import Failed
from scenarios import Scenario, ready
from scenarios_dma import EDUS, VIRTIO, edu_parts


def counts(m, name, source):
    """Interrupts of the busiest line of a device, by CPU, as Linux counts them; and its number."""
    rows = re.findall(rf"^ *(\d+): +((?:\d+ +)+).*{source}", m.linux(name, "cat /proc/interrupts"), re.M)
    if not rows:
        raise Failed(f"{name}: no line of {source} in /proc/interrupts")
    best = max(((list(map(int, c.split())), int(n)) for n, c in rows), key=lambda row: sum(row[0]))
    return best[0], best[1]


def moved(m):
    """Linux sends a network's message to its other CPU: from then on it is taken there, and only there."""
    m.linux("linux", "exercise net virtio_net 10.0.2.15/24", " ok")
    m.linux("linux", "exercise ping 10.0.2.2", " ok", 40)
    _, irq = counts(m, "linux", "virtio0-input")
    for to in (1, 0, 1):
        m.linux("linux", f"echo {1 << to} >/proc/irq/{irq}/smp_affinity && cat /proc/irq/{irq}/smp_affinity_list",
                rf"^{to}\r?$")
        first, _ = counts(m, "linux", "virtio0-input")
        m.linux("linux", "exercise ping 10.0.2.2", " ok", 40)
        after, _ = counts(m, "linux", "virtio0-input")
        if after[to] - first[to] < 20 or after[1 - to] - first[1 - to] > 1:
            raise Failed(f"sent to CPU {to}, but counts went from {first} to {after}")


def echoes(m):
    """ICMP echo requests sent and replies that came: ping itself sees fewer when its socket is full."""
    text = m.linux("linux", "grep -A1 IcmpMsg /proc/net/snmp")
    seen = re.search(r"InType0 OutType8\s+IcmpMsg: (\d+) (\d+)", text)
    if not seen:
        raise Failed(f"/proc/net/snmp: {' '.join(text.split())[:200]}")
    return int(seen.group(2)), int(seen.group(1))


def juggled(m):
    """Moved back and forth all the time under load: no message is lost."""
    _, irq = counts(m, "linux", "virtio0-input")
    m.linux("linux", f"(while :; do echo 1 >/proc/irq/{irq}/smp_affinity; echo 2 >/proc/irq/{irq}/smp_affinity; "
            "done) & echo $! >/tmp/mover")
    first, _ = echoes(m)
    m.linux("linux", "ping -c 400 -i 0.01 -W 5 -s 1400 10.0.2.2 >/dev/null", timeout=60)
    m.linux("linux", "kill $(cat /tmp/mover); exercise ping 10.0.2.2", " ok", 40)
    sent, received = echoes(m)
    if sent < first + 400 or received != sent:
        raise Failed(f"{sent} sent, of them {sent - first} under load, and {received} received")
    before, _ = counts(m, "linux", "virtio0-input")
    if min(before) < 100:
        raise Failed(f"one CPU took nearly all of them: {before}")


def irqs(m, name):
    """Interrupts that came to EL2 on the CPUs of a partition."""
    return sum(map(int, re.findall(rf"^{name} +\d+ +irq +(\d+)", m.shell(f"exits {name}"), re.M)))


def beside(m):
    """Devices of one partition send messages; its direct-mode neighbour has no exits for it."""
    m.judge("guest")
    m.judge("victim", 90)
    first, mine = irqs(m, "victim"), irqs(m, "guest")
    m.judge("guest")
    m.judge("guest")
    m.shell("irq guest", r"8192 +edge +/guest/edu1")
    if irqs(m, "guest") - mine < 16:
        raise Failed("the messages of the devices did not come to EL2")
    if irqs(m, "victim") != first:
        raise Failed(f"the neighbour was interrupted: {first} times, now {irqs(m, 'victim')}")
    if "LPI" in m.shell("log"):
        raise Failed("an LPI came to a CPU that must not get it")
    m.judge("victim", 90)


SCENARIOS = [
    Scenario("msi-affinity", [linux("linux", (0, 2), "cloud", initrd="initrd-pci", extra=virtio("net", 1, 3))],
             [ready("linux", 2), moved, juggled],
             dict(iommu=True, extra=["-netdev", "user,id=net", "-device",
                                     f"virtio-net-pci,addr=1,netdev=net,romfile=,{VIRTIO}"])),
    Scenario("msi-beside-direct", [
        edu_parts(args="forever=1 rounds=2"),
        Part("victim", (1, 1), "victim", "forever=1 rounds=200 mib=4", mode="direct")], [beside], EDUS),
]
