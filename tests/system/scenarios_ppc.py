# SPDX-License-Identifier: BSD-3-Clause
"""The table of system scenarios on ppce500; steps and rows as in scenarios.py."""

import os
import re

from layouts import Part, channel, doorbell, linux, manages, receiver, sender
from machine import BUILD, Failed, physical
from scenarios import (Scenario, command, expect, judge, linux_restarts, pair, program, ready,
                       restart_beside, send, shell)

CHAT_TOP = doorbell("ping") + "\n" + doorbell("pong")
CHAT_A = "\n".join([channel("peer", "chan_a"), sender("ring", "ping"), receiver("bell", "pong")])
CHAT_B = "\n".join([channel("peer", "chan_b", "chan_a"), sender("ring", "pong"),
                    receiver("bell", "ping")])


def demo(m):
    """What the README promises of the demonstration: facetctl in one Linux rules the bare partition."""
    m.linux_ready("linux-a", 2, 150)
    m.linux_ready("linux-b", 1, 150)
    m.expect("bare", r"PASS chatter")
    m.linux("linux-a", "facetctl status", r"^bare +bare +handle \d+ +running")
    m.linux("linux-a", "stty -F /dev/ttyEHV1 raw -echo; (head -n 1 </dev/ttyEHV1 >/tmp/a) & "
            "(dd if=/dev/fsl-hv bs=4 count=1 2>/dev/null | wc -c >/tmp/b) & "
            "sleep 1; echo hello >/dev/ttyEHV1; wait; cat /tmp/a /tmp/b",
            r"you said: hello\r?\n4\r?\n", 60)
    m.linux("linux-a", "facetctl stop bare && sleep 1 && facetctl status bare", r"^stopped", 60)
    m.linux("linux-a", "facetctl stop bare; facetctl status bare", r"not in this state.*^stopped", 60)
    m.linux("linux-a", "facetctl load bare /lib/facet/hello.elf | tee /tmp/entry", r"^entry 0x", 60)
    m.linux("linux-a", "facetctl start bare $(cut -d' ' -f2 /tmp/entry)", timeout=60)
    m.expect("bare", r"hello from a partition: 1 CPU.*PASS hello", 60)
    m.linux("linux-a", "facetctl restart bare; sleep 1; facetctl status bare", r"^running", 60)
    m.expect("bare", r"PASS chatter", 60)
    m.linux("linux-b", "echo still here", "still here", 60)



def linux_alone(name, cpus, cpu="e500mc", **more):
    """One Linux: boots, sees its CPUs, forks and computes, stops."""
    # A kernel for a machine of its own knows no hypervisor to ask for its stop: it only halts.
    end = expect("linux", r"System [Hh]alted", 60) if more.get("mpic") else expect("hv", r"linux.*stop", 60)
    return Scenario(
        name, [linux("linux", (0, cpus), **more)],
        [ready("linux", cpus, 120),
         command("linux", "nproc", rf"^{cpus}\r?$"),
         command("linux", "i=0; while [ $i -lt 30 ]; do (true) & i=$((i+1)); done; wait; echo forked",
                 "forked", 60),
         command("linux", "echo 1 2 3 | tr ' ' '\\n' | sort -r | head -n 1", "3", 30),
         send("linux", "poweroff -f\n"), end],
        dict(cpu=cpu, smp=cpus))


def two_linux(m):
    """Both run, and one of them alone goes away."""
    m.linux_ready("alpha", 2, 150)
    m.linux_ready("beta", 1, 150)
    m.linux("alpha", "cat /proc/device-tree/hypervisor/guest-name; echo", "alpha", 60)
    m.linux("beta", "cat /proc/device-tree/hypervisor/guest-name; echo", "beta", 60)
    m.send("alpha", "reboot -f\n")
    m.linux_ready("alpha", 2, 150)
    m.linux("beta", "echo still here", "still here", 60)


def dog(timeout, args="", extra=""):
    """A partition with a watchdog that nobody serves."""
    lines = f'\t\twatchdog-timeout = "{timeout}";\n' if timeout else ""
    return Part("guest", (0, 1), "dog", args, extra=lines + extra)


def dog_resets(m, tcr="0"):
    """The default: it is restarted, again and again, and says why: TSR[WRS] is the WRC it died of."""
    for tsr in ("[8c]?0", "[2ae]0", "[2ae]0"):
        m.expect("guest", rf"dog: up, TSR 0x{tsr}0* TCR 0x{tcr}\r?\n", 30)
        if tcr != "0":
            m.expect("guest", rf"second CPU, TCR 0x{tcr}\r?\n", 30)
    m.shell("why guest", r"watchdog")


def dog_runs(m):
    """On from the first instruction of every CPU, with the period of the layout."""
    dog_resets(m, "60120000")


def dog_stops(m):
    """It stops and stays stopped until it is started."""
    m.expect("guest", r"dog: up", 30)
    m.shell_until("info", r"guest +stopped")
    m.shell("why guest", r"watchdog")
    m.shell("start guest")
    m.expect("guest", r"dog: up", 30)


def dog_tells(m):
    """Its manager is told, and it goes on."""
    m.expect("guest", r"dog: WRC stays", 60)
    m.judge("manager", 60)
    m.expect("guest", r"dog: second 2", 60)


STRESS = int(os.environ.get("FACET_STRESS", "20"))  # seconds of userland stress a row


def stress(name, cpus, cpu="e500mc", **more):
    """Linux userland at work, every result checked; a bare-metal neighbour counts ticks all the while."""
    def run(m):
        m.linux_ready("linux", cpus, 150)
        m.judge("victim", 90)
        m.linux("linux", f"stress {STRESS}", r"^STRESS PASS", 90 + 3 * STRESS)
        m.channel("victim").drain()
        m.expect("victim", r"DONE 4", 120)
        m.judge("victim", 120)
        m.shell("info", r"linux +running +\S+ +1 ")
    return Scenario(name, [linux("linux", (0, cpus), **more),
                           Part("victim", (cpus, 1), "victim", "forever=1 rounds=200 mib=4")],
                    [run], dict(cpu=cpu, smp=cpus + 1))


CHAT_CALLS = "\n".join([channel("peer", "chan_a"), sender("ring", "ping"), receiver("bell", "ping")])


def resets(m):
    """A privileged partition resets the machine, which QEMU takes for its end."""
    m.expect("guest", r"calls: resetting", 30)
    m.wait_exit(30)
    if re.search(r"FAIL", m.channel("guest").text):
        raise Failed("the call returned")


def pauses(m):
    """Paused beyond its next tick, by which it is woken, a partition goes on when it is resumed."""
    m.judge("victim", 90)
    for _ in range(3):
        m.shell("pause victim")
        m.shell_until("info", r"victim +paused")
        m.run(1)
        m.shell("resume victim")
        m.channel("victim").drain()
        m.judge("victim", 20)


def broadcasts(m):
    """Pause, resume, stop and restart while each CPU waits for the other to drop translations."""
    m.judge("guest", 60)
    for n in range(6):
        m.shell("pause guest")
        m.shell_until("info", r"guest +paused")
        m.run(2.5 if n < 2 else 0.1)  # longer than anybody waits for an answer, and not
        m.shell("resume guest")
        m.run(0.3)
        m.shell("info", r"guest +running")
    m.shell("restart guest")
    m.judge("guest", 60)
    m.shell("stop guest")
    m.shell_until("info", r"guest +stopped")
    m.shell("why guest", r"operator")


def dozes(m):
    """Nothing but what others send wakes a sleeper: interrupts, and the hypervisor's own requests."""
    m.judge("one", 60)
    m.judge("two", 60)
    for word, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped"), ("start", "running")):
        m.shell(f"{word} two")
        m.shell_until("info", rf"two +{state}")
    m.judge("two", 60)
    m.shell("restart one")
    m.judge("one", 60)


def high_linux(m):
    """The kernel lies at 5 GiB of the machine; what its tree calls 0x140000000 is 36-bit memory too
    (mem=: a kernel without HIGHMEM takes all memory of its tree for low)."""
    m.linux_ready("linux", 2, 150)
    m.linux("linux", "stress 5", r"^STRESS PASS", 60)
    m.linux("linux", "devmem 0x140000000 32 0x5eed1234; devmem 0x140fffffc 32 0x12345eed; "
            "devmem 0x140000000; devmem 0x140fffffc", r"^0x5EED1234\s+0x12345EED", 30)
    m.shell("mem linux 0x140000000 16", r"5e ?ed ?12 ?34")


def facetctl(m):
    """Every word, by node name, by label and by handle, and what is refused."""
    def say(words, pattern=None):
        return m.linux("linux", words, pattern, 60)
    m.linux_ready("linux", 1, 150)
    m.judge("bare", 60)
    say("facetctl status", r"^managed +bare +handle \d+ +running")
    say("H=$(facetctl status | sed 's/.*handle *//; s/ .*//'); echo H=$H", r"H=\d+")
    for who in ("managed", "bare", "$H"):
        say(f"facetctl status {who}", r"^running")
    say("facetctl status self", r"^running")
    # A doorbell that is answered by one, by name and by handle.
    say("R=$(od -An -tu1 /proc/device-tree/hypervisor/handles/ring/hv-handle | "
        "while read a b c d; do echo $((c*256+d)); done); echo R=$R", r"R=\d+")
    for bell in ("ring", "$R"):
        say("(dd if=/dev/fsl-hv bs=4 count=1 2>/dev/null | wc -c >/tmp/n) & sleep 1; "
            f"facetctl doorbell {bell}; wait; cat /tmp/n", r"^4\r?$")
    say("facetctl doorbell managed/shutdown; echo rc=$?", r"rc=0")
    # Properties: the three forms, by name and by handle; they are there after the next start.
    say("facetctl setprop managed /chosen one string abc && facetctl getprop $H /chosen one", r"abc")
    say("facetctl setprop $H /chosen two cells 1 0xff && facetctl getprop bare /chosen two", r"ff")
    say("facetctl setprop bare /new/node three bytes 00aaff && facetctl getprop managed /new/node three", r"aa")
    # Life, each once by node, label and handle.
    say("facetctl stop $H; sleep 1; facetctl status managed", r"^stopped")
    say("facetctl start managed; sleep 1; facetctl status bare", r"^running")
    m.judge("bare", 60)
    say("facetctl restart bare; sleep 1; facetctl status $H", r"^running")
    m.judge("bare", 60)
    m.shell("tree bare", r"three")
    say("facetctl stop managed; sleep 1; facetctl load $H /lib/facet/hello.elf >/tmp/e; "
        "facetctl start $H $(cut -d' ' -f2 /tmp/e)")
    m.expect("bare", r"PASS hello", 60)
    # What must not be.
    for bad in ("status nobody", "status 999", "stop 0", "doorbell nobody", "doorbell 999",
                "getprop managed /chosen none", "getprop managed /none x", "load managed /nowhere",
                "start 999", "restart nobody", "setprop nobody / a string b", "frobnicate"):
        say(f"facetctl {bad}; echo rc=$?", r"rc=[1-9]")


CCSR = 0xfe0000000
MONITOR = BUILD / "monitor-ppc"


def windows_closed(m):
    """PCI masters see nothing: U-Boot had opened all RAM to them (its window 1)."""
    if not m.channel("boot").text.count("U-Boot"):
        raise Failed("U-Boot was not there")
    values = [physical(MONITOR, CCSR + 0x8db0 + 0x20 * n) for n in range(3)]
    if any(values):
        raise Failed(f"PIWAR3, 2, 1: {values}")


def given(name, path, finding):
    """A device of the board that a partition must not have: it does not start, its neighbour does."""
    def refused(m):
        m.expect("hv", rf"\[{finding}\]|{finding}", 30)
        m.judge("good", 60)
        m.shell("info", r"bad +(?!running)")
        m.shell("start bad")
        m.shell("info", r"bad +(?!running|starting)")
    return Scenario(f"refused-{name}", [Part("bad", extra=f'\t\tgiven {{ device = "{path}"; }};'),
                                        Part("good", (1, 1))], [refused],
                    dict(extra=("-serial", "null")))


SCENARIOS = [
    # The kit in a partition.
    *[program(f"{p}-{cpu}", p, 1, cpu=cpu, smp=1) for p in ("hello", "victim")
      for cpu in ("e500mc", "e500v2_v22")],
    # Timers, critical and debug interrupts, machine checks, messages, absent instructions.
    *[program(f"booke-{cpu}", "booke", 1, cpu=cpu, smp=1) for cpu in ("e500mc", "e500v2_v22")],
    Scenario("withheld", [Part("guest", (0, 1), "booke", "withheld=1",
                               extra="\t\tguest-debug-disable; guest-cache-lock-disable;\n")],
             [judge("guest")], dict(smp=1)),
    Scenario("watchdog-reset", [dog(None)], [dog_resets], dict(smp=1)),
    Scenario("watchdog-reset-e500v2", [dog("partition-reset")], [dog_resets], dict(cpu="e500v2_v22", smp=1)),
    Scenario("watchdog-autostart", [Part("guest", (0, 2), "dog", "role=1",
                                         extra="\t\twatchdog-autostart-period = <37>;\n")], [dog_runs]),
    Scenario("watchdog-stop", [dog("partition-stop")], [dog_stops], dict(smp=1)),
    Scenario("watchdog-notify", [dog("manager-notify", "delay=3000000"),
                                 Part("manager", (1, 1), "dog", "role=2", extra=manages("managed", "guest"))],
             [dog_tells]),
    program("smp-4", "smp", 4, smp=4),
    program("smp-2-of-4", "smp", 2, args="cpus=2", smp=4),
    Scenario("smp-2-and-2", [Part("one", (0, 2), "smp"), Part("two", (2, 2), "smp")], [judge("one"), judge("two")],
             dict(smp=4)),
    # Memory above 4 GiB, and the image as the machine's firmware.
    Scenario("high-memory", [Part("guest", (0, 1), "victim", at=0x140000000)], [judge("guest", 90)],
             dict(mem="6144M", smp=1)),
    Scenario("bios", [Part("guest")], [expect("hv", "e500mc without category E.HV: guests run de-privileged"),
                                       judge("guest")], dict(smp=1), flow="bios"),
    Scenario("uboot", [Part("guest")], [judge("guest"), windows_closed], dict(smp=1, monitor=MONITOR),
             flow="bootm"),
    Scenario("uboot-e500v2", [Part("guest")], [judge("guest")], dict(cpu="e500v2_v22", smp=1), flow="bootm"),
    Scenario("uboot-three", [], [ready("linux-a", 2, 150), ready("linux-b", 1, 150), judge("bare", 90)],
             dict(smp=4), layout="three.dts", names=("linux-a", "linux-b", "bare"),
             images=("linux-e500mc", "initrd", "chatter"), flow="bootm"),
    # What nobody may have: pages with two owners' registers, masters that reach all memory, the power.
    given("uart", "/soc@fe0000000/serial@4600", "device-page"),
    given("msi", "/soc@fe0000000/msi@41600", "device-page"),
    given("pci", "/pci@fe0008000", "dma-unprotected"),
    given("gpio", "/soc@fe0000000/gpio@ff000", "device-hv-only"),
    given("guts", "/soc@fe0000000/global-utilities@e0000", "device-hv-only"),
    # Memory that begins at 1 GiB, seen from effective 0 by the initial map (two TLB entries: 128 MiB).
    Scenario("init-map", [Part("guest", (0, 1), "hello", gpa=0x40000000, extra="""\
		init-map-size = <0 0x08000000>;
		init-map-paddr = <0 0x40000000>;
		init-map-vaddr = <0 0>;""")], [judge("guest")], dict(smp=1)),
    Scenario("entry-outside", [Part("guest", extra="""\
		init-map-size = <0 0x100000>;
		init-map-paddr = <0 0x100000>;"""), Part("good", (1, 1))],
             [expect("hv", r"guest: does not start: its entry point 0x\w+ is outside the initial map"),
              judge("good"), shell("info", r"guest +stopped")]),
    # Loaded at boot, started later.
    Scenario("no-auto-start", [Part("guest", extra="\t\tno-auto-start;"), Part("good", (1, 1))],
             [judge("good"), shell("info", r"guest +stopped"), shell("mem guest 0 16", r"94 ?21 ?ff ?50"),
              shell("start guest"), judge("guest")]),
    # Hypercalls at their edges; without external proxy; and the one that ends everything.
    *[Scenario(f"calls-{name}", [Part("guest", (0, 1), "calls", args, extra="\n".join([extra, CHAT_CALLS])),
                                 Part("deaf", (1, 1), "hello", extra=channel("peer", "chan_b", "chan_a"))],
               [step], extra=top + doorbell("ping"))
      for name, args, extra, top, step in (
          ("proxy", "", "", "", judge("guest")),
          ("legacy", "proxy=0", "", "\thv-config { legacy-interrupts; };\n", judge("guest")),
          ("reset", "reset=1", "\t\tprivileged;", "", resets))],
    # Two that talk.
    pair("chat", "chatter", "chatter", CHAT_A, CHAT_B, CHAT_TOP, args_a="lead=50"),
    # A core that dozes (MSR[WE]) with no timer set: woken by channels, stopped, and started again.
    Scenario("doze-e500v2", [Part("one", (0, 1), "chatter", extra=CHAT_A, args="lead=50"),
                             Part("two", (1, 1), "chatter", extra=CHAT_B)],
             [dozes], dict(cpu="e500v2_v22"), extra=CHAT_TOP),
    # Life.
    Scenario("manager", [
        Part("manager", (0, 1), "manager", "peek=0x400000", extra=manages("managed", "victim")),
        Part("victim", (1, 1), "victim", "rounds=20 mib=1 stay=1")],
        [judge("manager"), judge("victim")]),
    Scenario("tlbivax-pause", [Part("guest", (1, 2), "booke", "broadcast=1")], [broadcasts], dict(smp=3)),
    *[Scenario(f"pause-{cpu}", [Part("other"), Part("victim", (1, 1), "victim", "forever=1 rounds=50 us=20000 mib=1")],
               [pauses], dict(cpu=cpu)) for cpu in ("e500mc", "e500v2_v22")],
    restart_beside("restart-20", None),
    Scenario("restart-20-linux", [linux("alpha", (0, 1)), linux("beta", (1, 1), args="facet.run=tick")],
             [linux_restarts]),
    Scenario("unowned-cpu", [Part("guest", (1, 2), "smp", "cpus=2")],
             [judge("guest"), shell("info", "guest")], dict(smp=4)),
    # Linux: a client of the hypervisor, and one with the drivers of a machine of its own.
    linux_alone("linux-1-hv", 1, flavour="e500mc-up"),
    linux_alone("linux-2-hv", 2),
    linux_alone("linux-1-mpic", 1, mpic=True),
    linux_alone("linux-2-mpic", 2, mpic=True),
    linux_alone("linux-1-e500v2", 1, "e500v2_v22", flavour="e500v2", mpic=True),
    linux_alone("linux-2-e500v2", 2, "e500v2_v22", flavour="e500v2", mpic=True),
    stress("stress-2", 2),
    stress("stress-2-mpic", 2, mpic=True),
    stress("stress-1-e500v2", 1, "e500v2_v22", flavour="e500v2", mpic=True),
    stress("stress-2-e500v2", 2, "e500v2_v22", flavour="e500v2", mpic=True),
    Scenario("high-linux", [linux("linux", (0, 2), at=0x140000000, args="mem=128M", extra="""\
		high {
			compatible = "guest-phys-mem-area";
			phys-mem = <&high_pma>;
			guest-addr = <0x1 0x40000000>;
		};""", refs="""\
	high_pma: high-pma {
		compatible = "phys-mem-area";
		addr = <0x1 0x50000000>;
		size = <0x0 0x01000000>;
	};""")], [high_linux], dict(mem="6144M")),
    Scenario("facetctl", [
        linux("linux", (0, 1), extra="\n".join([manages("managed", "bare"), sender("ring", "ping"),
                                                receiver("bell", "pong")])),
        Part("bare", (1, 1), "echo", extra="\n".join([sender("ring", "pong"), receiver("bell", "ping")]))],
        [facetctl], extra=CHAT_TOP),
    Scenario("two-linux", [linux("alpha", (0, 2)), linux("beta", (2, 1), mpic=True)], [two_linux],
             dict(smp=3)),
    Scenario("three", [], [demo], dict(smp=4), layout="three.dts", names=("linux-a", "linux-b", "bare"),
             images=("linux-e500mc", "initrd", "chatter")),
]
