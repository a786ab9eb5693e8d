#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""mutate.py MODEL FOLDER: plant every fault, run every directed program, print who notices.

A program notices when its exit code is not 0. With a third argument the table is written there.
"""
import os
import re
import subprocess
import sys


HEADER = """# P4080 model: planted faults and the directed programs that notice them

Made by `judge/mutate.py` (`make -f tests/p4080/p4080.mk p4080-mutate`): one fault at a time, every
program of `tests/p4080/directed/`. A fault is switched on with `facet-p4080 --fault NAME`.

| fault | what is wrong with the machine | noticed by |
|---|---|---|
"""


def run(model, folder, name, faults):
    source = os.path.join(os.path.dirname(__file__), "..", "directed", f"t-{name}.c")
    options = re.findall(r"^ \* run: (.*)$", open(source).read(), re.M)
    cmd = [model, "--log", "0", "--quiet", "--limit", "5000000"]
    cmd += " ".join(options).split()
    for fault in faults:
        cmd += ["--fault", fault]
    try:
        return subprocess.run(cmd + [os.path.join(folder, name + ".elf")], timeout=30,
                              capture_output=True).returncode
    except subprocess.TimeoutExpired:
        return -1


def main():
    model, folder = sys.argv[1:3]
    names = sorted(f[:-4] for f in os.listdir(folder) if f.endswith(".elf"))
    faults = [line.split(": ") for line in subprocess.run(
        [model, "--faults"], capture_output=True, text=True).stdout.splitlines()]
    broken = [n for n in names if run(model, folder, n, [])]
    if broken:
        print("FAIL p4080-mutate: programs fail without a fault:", *broken)
        return 1
    missed = []
    rows = []
    for fault, what in faults:
        by = [n for n in names if run(model, folder, n, [fault])]
        rows.append(f"| {fault} | {what.strip()} | {' '.join(by) or '-'} |")
        print(rows[-1])
        if not by:
            missed.append(fault)
    if sys.argv[3:]:
        with open(sys.argv[3], "w") as table:
            table.write(HEADER + "\n".join(rows) + "\n")
    print(f"{'FAIL' if missed else 'PASS'} p4080-mutate: {len(faults) - len(missed)} of {len(faults)}",
          "faults noticed; not noticed:", " ".join(missed) or "none")
    return bool(missed)


sys.exit(main())
