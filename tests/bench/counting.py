# SPDX-License-Identifier: BSD-3-Clause
"""Run a bench guest under the counting plugin; attribute instructions to functions of the hypervisor."""

import bisect
import pathlib
import re
import subprocess

import machine

HERE = pathlib.Path(__file__).resolve().parent
WORK = machine.BUILD / "bench"
CROSS = "powerpc-linux-gnu-" if machine.PPC else "aarch64-linux-gnu-"


def plugin_build():
    """Compile the counting plugin."""
    WORK.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden",
                    "-o", WORK / "libcount.so", HERE / "count.c"], check=True)


def counted(name, argv, names, image, more="", raw=False):
    """Run a machine with the plugin until its bench guest is done: what it printed, and the marks.

    image: the addresses of the hypervisor; more: further arguments of the plugin, each behind a comma.
    """
    out = WORK / f"{name}.counts"
    argv = argv + ["-plugin", f"{WORK}/libcount.so,out={out},lo={image[0]:#x},hi={image[1]:#x}{more}"]
    with machine.Machine(argv, names, raw=raw, log=WORK / f"{name}.log") as m:
        guest = "boot" if raw else names[0]
        m.judge(guest, 120)
        text = m.channel(guest).text
    return text, out.read_text(encoding="ascii")


def elf():
    """The hypervisor with its symbols."""
    return machine.HV.with_suffix(".elf")


def profile_print(blocks, times, base=0):
    """Instructions per function from the plugin's `block` lines; base: where the image runs less its link address."""
    text = subprocess.run([f"{CROSS}nm", "-n", elf()], check=True, capture_output=True, text=True).stdout
    known = [(int(at, 16) + base, name) for at, name in re.findall(r"^([0-9a-f]+) [tT] ([^$.]\S*)", text, re.M)]
    sums = {}
    for at, count in re.findall(r"^block ([0-9a-f]+) (\d+)", blocks, re.M):
        name = known[bisect.bisect_right(known, (int(at, 16), "~")) - 1][1]
        sums[name] = sums.get(name, 0) + int(count)
    for name, count in sorted(sums.items(), key=lambda item: -item[1]):
        print(f"{count / times:10.1f}  {name}")
    print(f"{sum(sums.values()) / times:10.1f}  all")


def sizes():
    """Sections of the image in bytes."""
    text = subprocess.run([f"{CROSS}size", "-A", "-d", elf()], check=True, capture_output=True, text=True).stdout
    return {m.group(1): int(m.group(2)) for m in re.finditer(r"^(\.\S+)\s+(\d+)", text, re.M)
            if not m.group(1).startswith((".debug", ".comment", ".gnu"))}
