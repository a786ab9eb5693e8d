#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""mutate.py MODEL FOLDER: plant every fault, run every directed program, print who notices.

A program notices when its exit code is not 0. Exit code 0 when every fault is noticed but those
known to cost only time or to belong to a part under another judge.
"""
import os
import re
import subprocess
import sys

# Performance only: the machine still does what the architecture says it may do.
HARMLESS = set()


def run(model, folder, name, faults):
    source = os.path.join(os.path.dirname(__file__), "..", "directed", f"t-{name}.c")
    options = re.search(r"^ \* run: (.*)$", open(source).read(), re.M)
    cmd = [model, "--log", "0", "--quiet", "--limit", "5000000"]
    cmd += options.group(1).split() if options else []
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
    for fault, what in faults:
        by = [n for n in names if run(model, folder, n, [fault])]
        print(f"| {fault} | {what.strip()} | {' '.join(by) or '-'} |")
        if not by:
            missed.append(fault)
    print(f"p4080-mutate: {len(faults) - len(missed)} of {len(faults)} faults noticed;",
          "not noticed:", " ".join(missed) or "none")
    return 0


sys.exit(main())
