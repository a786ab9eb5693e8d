# SPDX-License-Identifier: BSD-3-Clause
"""Run a bench guest under the counting plugin; attribute instructions to functions of the hypervisor."""

import bisect
import pathlib
import re
import subprocess

import machine

HERE = pathlib.Path(__file__).resolve().parent
WORK = machine.BUILD / "bench"
BEGIN, END, NEXT = 0x70, 0x71, 0x7F  # marks on ppc; 0x72 and 0x73 are for the second name of a line
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


def points(marks):
    """[[(mark, (all, hv, sum, entries)), ...] of each operation]."""
    groups = []
    for p in re.findall(r"^mark (\d+) cpu \d+ all (\d+) hv (\d+) sum (\d+) entries (\d+)", marks, re.M):
        if int(p[0]) == NEXT:
            groups.append([])
        elif groups:
            groups[-1].append((int(p[0]), tuple(map(int, p[1:]))))
    return groups


def rows(text, marks):
    """name -> (all, hv, sum, entries) per operation, and name -> all together for those with one pair of marks."""
    found, single = {}, {}
    ops = re.findall(r"^OP (\S+) (\d+)", text, re.M)
    groups = points(marks)
    if len(ops) != len(groups):
        raise SystemExit(f"bench: {len(ops)} operations but {len(groups)} groups of marks")
    for (names, times), group in zip(ops, groups):
        for n, name in enumerate(names.split(",")):
            begin = [p for m, p in group if m == BEGIN + 2 * n]
            end = [p for m, p in group if m == END + 2 * n]
            if not begin or len(begin) != len(end):
                raise SystemExit(f"bench: {name}: {len(begin)} begins, {len(end)} ends")
            found[name] = tuple(sum(e[i] - b[i] for b, e in zip(begin, end)) / int(times) for i in range(4))
            if len(begin) == 1:
                single[name] = end[0][0] - begin[0][0]
    return found, single


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
