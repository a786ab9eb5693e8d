# SPDX-License-Identifier: BSD-3-Clause
"""The table of system scenarios: machine, partitions, and what must be seen.

A step is a function of the running Machine. `flow` says how the image is started:
kernel (QEMU -kernel and -initrd), bios (ppc: the image as firmware), bare (the program alone on
the machine), booti, bootm (U-Boot).
"""

import dataclasses
import re

import layouts
from layouts import Part, channel, doorbell, linux, manages, receiver, sender
from machine import PPC, Failed


@dataclasses.dataclass
class Scenario:
    """One row of the table."""

    name: str
    parts: list
    steps: list
    machine: dict = dataclasses.field(default_factory=dict)
    flow: str = "kernel"
    extra: str = ""         # more nodes at the top of the layout
    layout: str = None      # file in partitions/qemu-virt instead of a generated one
    images: tuple = ()      # for `layout`
    names: tuple = ()       # for `layout`: partition names by mux channel 1, 2, ...


def judge(name, timeout=60):
    """The test program in this partition reports, and nothing failed."""
    return lambda m: m.judge(name, timeout)


def expect(name, pattern, timeout=30):
    """A channel says this."""
    return lambda m: m.expect(name, pattern, timeout)


def send(name, text):
    """Type this on a channel."""
    return lambda m: m.send(name, text)


def ready(name, cpus, timeout=90):
    """Linux is up with so many CPUs and a shell."""
    return lambda m: m.linux_ready(name, cpus, timeout)


def command(name, text, pattern=None, timeout=20):
    """A command in Linux answers this."""
    return lambda m: m.linux(name, text, pattern, timeout)


def shell(text, pattern=None, timeout=10):
    """A command of the hypervisor's shell answers this."""
    return lambda m: m.shell(text, pattern, timeout)


def off(timeout=30):
    """QEMU ends by itself."""
    return lambda m: m.wait_exit(timeout)


def bare(program, gic, smp=4, cpu="cortex-a53"):
    """A program of the kit on the machine itself: what the others are compared with."""
    return Scenario(f"bare-{program}-gic{gic}-{cpu}", [Part("guest", image=program)],
                    [judge("guest"), off()], dict(gic=gic, smp=smp, cpu=cpu, virt=False), "bare")


def board(gic, **machine):
    """Parameters of the machine: only QEMU virt has a GIC to choose."""
    return machine if PPC else dict(gic=gic, **machine)


def program(name, image, cpus=1, gic=3, mode=None, args="", **machine):
    """One program of the kit in a partition."""
    return Scenario(name, [Part("guest", (0, cpus), image, args, mode=mode)], [judge("guest")],
                    board(gic, **machine))


def linux_alone(name, cpus, mode, gic=3, flavour="arm64", **machine):
    """One Linux with so many CPUs: boots, sees its CPUs and memory, computes, switches off."""
    return Scenario(
        name, [linux("linux", (0, cpus), flavour, mode=mode)],
        [ready("linux", cpus),
         command("linux", "nproc", rf"^{cpus}\r?$"),
         command("linux", "for i in $(seq 20); do (true) & done; wait; grep -c ^processor /proc/cpuinfo",
                 rf"^{cpus}\r?$"),
         send("linux", "poweroff -f\n"),
         expect("hv", r"linux.*stop", 20)],
        dict(gic=gic, **machine))


def pair(name, a, b, extra_a, extra_b, top, gic=3, mode=None, args_a="", args_b=""):
    """Two programs that talk with each other; both report."""
    return Scenario(name, [
        Part("one", (0, 1), a, args_a, mode=mode, extra=extra_a),
        Part("two", (1, 1), b, args_b, mode=mode, extra=extra_b)],
        [judge("one"), judge("two")], board(gic), extra=top)


def restart_beside(name, mode, rounds=20):
    """Restart one partition again and again while another counts ticks."""
    def restarts(m):
        m.judge("victim", 90)
        m.expect("guest", r"PASS hello", 30)
        for _ in range(rounds):
            m.shell("restart guest")
            m.expect("guest", r"PASS hello", 30)
        m.judge("victim", 90)
        m.judge("victim", 90)
        m.shell("info", r"guest")
    return Scenario(name, [Part("guest", (0, 1), "hello", mode=mode),
                           Part("victim", (1, 1), "victim", "forever=1 rounds=200 mib=4", mode=mode)],
                    [restarts])


def linux_restarts(m):
    """One Linux goes down and comes up twenty times; the other one counts seconds all the while."""
    m.linux_ready("alpha", 1)
    m.expect("beta", r"tick 1\r", 90)
    for _ in range(20):
        m.shell("restart alpha")
        m.expect("alpha", r"FACET-GUEST-READY 1", 90)
    text = m.channel("beta").drain(1).decode("utf-8", "replace")
    ticks = [int(n) for n in re.findall(r"^tick (\d+)\r", text, re.M)]
    if len(ticks) < 10 or ticks != list(range(2, len(ticks) + 2)):
        raise Failed(f"beta counted {ticks}")
    m.shell("info", r"alpha +running +\S+ +21 ")


CHAT_TOP = doorbell("ping") + "\n" + doorbell("pong")
CHAT_A = "\n".join([channel("peer", "chan_a"), sender("ring", "ping"), receiver("bell", "pong")])
CHAT_B = "\n".join([channel("peer", "chan_b", "chan_a"), sender("ring", "pong"),
                    receiver("bell", "ping")])


def shared(gpa):
    """The second area of both shm partitions."""
    return f"""\
		shared {{
			compatible = "guest-phys-mem-area";
			phys-mem = <&shared_pma>;
			guest-addr = <{layouts.cells(gpa)}>;
		}};
"""


SHARED_TOP = CHAT_TOP + """
	shared_pma: shared-pma {
		compatible = "phys-mem-area";
		addr = <0x0 0x7f000000>;
		size = <0x0 0x1000>;
	};"""
SHM_A = shared(0x60000000) + "\n".join([sender("ring", "ping"), receiver("bell", "pong")])
SHM_B = shared(0x68000000) + "\n".join([sender("ring", "pong"), receiver("bell", "ping")])


def two_linux(m):
    """Both run, and one of them alone goes away."""
    m.linux_ready("alpha", 2)
    m.linux_ready("beta", 1)
    m.linux("alpha", "cat /proc/device-tree/hypervisor/guest-name; echo", "alpha")
    m.linux("beta", "cat /proc/device-tree/hypervisor/guest-name; echo", "beta")
    m.send("alpha", "reboot -f\n")
    m.linux_ready("alpha", 2)
    m.linux("beta", "echo still here", "still here")


def demo(m):
    """What the README promises of the demonstration."""
    m.linux_ready("linux-a", 2)
    m.linux_ready("linux-b", 1)
    m.expect("bare", r"PASS chatter")
    m.linux("linux-a", "stty -F /dev/ttyAMA1 raw -echo; (head -n 1 </dev/ttyAMA1 >/tmp/a) & sleep 1; "
            "echo hello >/dev/ttyAMA1; wait; cat /tmp/a", "you said: hello")
    m.expect("bare", r"1: 'hello'")
    if "doorbell 1" not in m.channel("linux-a").text:
        raise Failed("linux-a has seen no doorbell")


def bad_layout(m):
    """One partition is wrong, the other runs, and the console says why."""
    m.judge("good")
    m.shell("info", r"bad")
    if "/bad-pma:addr: 0x50000000" not in m.channel("boot").text + m.channel("hv").text:
        raise Failed("the finding is not on the console")


def shell_words(m):
    """Every command answers; nonsense is refused in one line."""
    m.judge("guest")
    m.shell("help", r"info.*restart")
    m.shell("info", r"guest")
    m.shell("plan", r"guest")
    m.shell("exits guest", r"guest +0 +vuart")
    m.shell("regs guest")
    m.shell("irq guest")
    m.shell("tree guest", r"^/ \{.*hypervisor \{.*^\};\r?\n\Z")
    m.shell("log")
    m.shell("errors")
    m.shell("pause victim")
    m.shell_until("info", r"victim +pause")
    m.shell("resume victim")
    m.judge("victim", 90)
    m.shell("stop victim")
    m.shell_until("info", r"victim +stopped")
    m.shell("start victim")
    m.judge("victim", 90)
    m.shell("frobnicate", r"frobnicate")


def deaf(m):
    """Guests that shut out every interrupt are still stopped, paused, resumed and restarted."""
    m.judge("deaf", 60)
    for _ in range(3):
        m.shell("pause deaf")
        m.shell_until("info", r"deaf +paused")
        m.shell("resume deaf")
        m.shell_until("info", r"deaf +running")
        m.shell("stop deaf")
        m.shell_until("info", r"deaf +stopped")
        m.shell("start deaf")
        m.judge("deaf", 60)
        m.shell("restart deaf")
        m.judge("deaf", 60)
    m.judge("victim", 90)


SCENARIOS = [
    # The kit on the machine itself.
    bare("basics", 3), bare("basics", 2), bare("smp", 3), bare("smp", 2), bare("victim", 3),
    # The kit in a partition.
    *[program(f"{p}-gic3-{mode}", p, cpus, 3, mode)
      for p, cpus in (("hello", 1), ("basics", 1), ("smp", 4), ("victim", 1))
      for mode in ("virtual", "direct")],
    *[program(f"{p}-gic2", p, cpus, 2) for p, cpus in (("hello", 1), ("basics", 1), ("smp", 4))],
    *[program(f"basics-{cpu}", "basics", cpu=cpu)
      for cpu in ("cortex-a57", "cortex-a72", "cortex-a76", "max,pauth-impdef=on")],
    *[program(f"smp-{n}-of-4", "smp", n, args=f"cpus={n}") for n in (1, 2, 3)],
    *[Scenario(f"deaf-{name}", [Part("deaf", (0, 2), "deaf", mode=mode),
                                Part("victim", (2, 1), "victim", "forever=1 mib=4", mode=mode)],
               [deaf], dict(gic=gic))
      for name, mode, gic in (("virtual", "virtual", 3), ("direct", "direct", 3), ("gic2", None, 2))],
    # Two that talk.
    *[pair(f"chat-{mode}", "chatter", "chatter", CHAT_A, CHAT_B, CHAT_TOP, 3, mode, "lead=50")
      for mode in ("virtual", "direct")],
    pair("chat-gic2", "chatter", "chatter", CHAT_A, CHAT_B, CHAT_TOP, 2, None, "lead=50"),
    pair("shm", "shm", "shm", SHM_A, SHM_B, SHARED_TOP, 3, None,
         "lead=100 shm=0x60000000", "shm=0x68000000"),
    # Life.
    *[Scenario(f"manager-{mode}", [
        Part("manager", (0, 1), "manager", "peek=0x40400000", mode=mode, extra=manages("managed", "victim")),
        Part("victim", (1, 1), "victim", "rounds=20 mib=1 stay=1", mode=mode)],
        [judge("manager"), judge("victim")]) for mode in ("virtual", "direct")],
    restart_beside("restart-20-virtual", "virtual"), restart_beside("restart-20-direct", "direct"),
    Scenario("restart-20-linux", [linux("alpha", (0, 1), mode="direct"),
                                  linux("beta", (1, 1), args="facet.run=tick", mode="virtual")],
             [linux_restarts]),
    Scenario("shell", [Part("guest"), Part("victim", (1, 1), "victim", "forever=1 mib=4")],
             [shell_words]),
    Scenario("bad-layout", [Part("good", (0, 1)), Part("bad", (1, 1), at=0x50000000)], [bad_layout]),
    Scenario("unowned-cpu", [Part("guest", (1, 2), "smp", "cpus=2")],
             [judge("guest"), shell("info", "guest")], dict(smp=4)),
    Scenario("below-el2", [Part("guest")], [expect("boot", r"EL1|EL2")], dict(virt=False)),
    # Linux.
    *[linux_alone(f"linux-{cpus}-{mode}", cpus, mode) for cpus in (1, 2, 4)
      for mode in ("virtual", "direct")],
    linux_alone("linux-3-rt", 3, None, flavour="rt"),
    linux_alone("linux-2-gic2", 2, None, gic=2),
    linux_alone("linux-cloud-a76", 2, None, flavour="cloud", cpu="cortex-a76"),
    linux_alone("linux-max", 2, "direct", cpu="max,pauth-impdef=on"),
    *[Scenario(f"two-linux-gic{gic}", [linux("alpha", (0, 2)), linux("beta", (2, 1), "cloud")],
               [two_linux], dict(gic=gic)) for gic in (3, 2)],
    # Ways to start.
    Scenario("uboot-booti", [Part("guest")], [judge("guest")], flow="booti"),
    Scenario("uboot-bootm", [Part("guest")], [judge("guest")], flow="bootm"),
    Scenario("one-bare", [], [judge("hello"), send("hello", "x"), expect("hello", "you typed 'x'")],
             layout="one-bare.dts", images=("hello",), names=("hello",)),
    Scenario("talk", [], [judge("leader"), judge("answerer")], layout="talk.dts", images=("chatter",),
             names=("leader", "answerer")),
    Scenario("two-halves", [], [ready("left", 2), ready("right", 2), command("right", "nproc", "2")],
             layout="two-linux.dts", images=("linux-arm64", "linux-rt", "initrd"),
             names=("left", "right")),
    Scenario("three", [], [demo], layout="three.dts", names=("linux-a", "linux-b", "bare"),
             images=("linux-arm64", "linux-cloud", "initrd", "chatter")),
]
