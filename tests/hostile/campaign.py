# SPDX-License-Identifier: BSD-3-Clause
"""Giving a hostile guest its orders, and judging it and its neighbours.

FACET_STEPS=N makes every campaign N times longer, FACET_SEED=N changes the draws, FACET_GOLDEN=write
rewrites the golden tables (then review the difference), FACET_CAMPAIGNS=regex runs only some campaigns.
"""

import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))
import machine  # noqa: E402 (the path comes first)
from layouts import channel, doorbell, receiver, sender  # noqa: E402
from machine import Failed  # noqa: E402

STEPS = int(os.environ.get("FACET_STEPS", "1"))
SEED = int(os.environ.get("FACET_SEED", "1"))
PLUGIN = machine.GUESTS / "libcount.so"

# What hostile and the partition it talks to have between them.
TOP = doorbell("ping") + "\n" + doorbell("pong")
HOSTILE_NODES = "\n".join([channel("peer", "to_echo"), sender("ring", "ping"), receiver("bell", "pong")])
ECHO_NODES = "\n".join([channel("peer", "to_hostile", "to_echo"), sender("ring", "pong"),
                        receiver("bell", "ping")])


def chosen(campaigns):
    """Those whose command FACET_CAMPAIGNS matches."""
    return [c for c in campaigns if re.search(os.environ.get("FACET_CAMPAIGNS", "."), c[0])]


def born(m):
    """Hostile is up; the fingerprint of its entry."""
    return m.expect("hostile", r"HOSTILE ready entry (\S+)\r?\n", 60).group(1)


def start(m):
    """Everybody is up and the victim has run two laps; the fingerprint of hostile's entry."""
    entry = born(m)
    m.expect("echo", r"DONE 1", 60)
    m.judge("victim", 120)
    m.judge("victim", 120)
    return entry


def order(m, command, timeout=80 * STEPS):
    """Give hostile a command and judge what it reports; the longest takes about 15 s."""
    m.send("hostile", command + "\n")
    m.expect("hostile", rf"END {command.split()[0]}\r?\n", timeout)
    text = m.channel("hostile").before.decode("utf-8", "replace")
    bad = re.findall(r"^FAIL (.*?)\r?$", text, re.M)
    if bad:
        raise Failed(f"{command}: {'; '.join(bad)}")
    if not re.search(r"^PASS ", text, re.M):
        raise Failed(f"{command}: no result")
    return text


def unharmed(m, names=("victim",)):
    """The others have finished something that began after now, and the hypervisor answers."""
    for name in names:
        m.channel(name).drain()
        m.expect(name, r"DONE \d+", 120)
        m.judge(name, 120)
    m.shell("info", r"victim")


def die(m, deaths):
    """One death after another, each with its cure (None: by itself); every rebirth is like the first."""
    first = start(m)
    for kind, cure in deaths.items():
        m.send("hostile", f"die {kind}\n")
        m.expect("hostile", f"dying: {kind}", 30)
        if cure == "start":
            m.shell_until("info", r"hostile +stopped", 30)
        elif cure:
            m.run(0.5)  # of real time: under -icount nobody's passes while a CPU has an endless exception
        if cure:
            m.shell(f"{cure} hostile")
        entry = born(m)
        if entry != first:
            raise Failed(f"after '{kind}' the machine is not that of the first boot: "
                         f"{entry.decode()}, was {first.decode()}")
        unharmed(m)


def compare(table, name):
    """Every line is in the reviewed table of this name, and every line of that one is here."""
    golden = HERE / "golden" / f"{name}.txt"
    if os.environ.get("FACET_GOLDEN") == "write":
        golden.write_text("\n".join(table) + "\n", encoding="ascii")
    wanted = golden.read_text(encoding="ascii").split("\n")[:-1] if golden.exists() else []
    wrong = sorted(set(table) ^ set(wanted))
    if wrong:
        raise Failed(f"{len(wrong)} lines differ from {golden.name}: {', '.join(wrong[:6])}")
