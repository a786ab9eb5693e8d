#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""engine.py MODEL FOLDER: what the model itself promises: exit codes, limits, lints, the isolation
oracle, cost windows, and that the same seed is the same run.
"""
import os
import re
import subprocess
import sys

OWNERS = """# the guest of LPID 1 owns its program and one page; another page read-only
lpid 1 0x100000 0x100000
lpid 1 0x300000 0x1000
lpid 1 0x500000 0x1000 ro
liodn 193 0x600000 0x2000
liodn 193 0x500000 0x1000 ro
hv 0x0 0x100000
"""


def run(model, elf, *options):
    done = subprocess.run([model, *options, elf], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def choice(n):
    return ["--ccsr", f"0x130000={n}"]


def insns(err):
    return int(re.search(r"(\d+) instructions", err).group(1))


def main():
    model, folder = sys.argv[1:3]
    elf = f"{folder}/directed/x/engine.elf"
    owners = f"{folder}/owners.txt"
    with open(owners, "w") as out:
        out.write(OWNERS)
    bad = 0

    def expect(name, ok, detail=""):
        nonlocal bad
        print(f"{'PASS' if ok else 'FAIL'} p4080-engine {name}{'' if ok else ': ' + str(detail)}")
        bad += not ok

    for name, n, code, extra in (
            ("plain end", 0, 0, []), ("multiple TLB hit is fatal", 1, 4, []),
            ("unknown SPR is fatal", 2, 4, []), ("cacheable registers are fatal", 3, 4, []),
            ("oracle: own page", 4, 0, ["--owners", owners]),
            ("oracle: foreign page", 5, 4, ["--owners", owners]),
            ("oracle: foreign page unnoticed without owners", 5, 0, []),
            ("oracle: read-only page mapped writable", 6, 4, ["--owners", owners]),
            ("oracle: virtualisation fault entry", 7, 0, ["--owners", owners]),
            ("oracle: own page behind a PAMU entry", 12, 0, ["--owners", owners]),
            ("oracle: PAMU entry for a foreign page", 13, 4, ["--owners", owners]),
            ("oracle: PAMU switched on over such an entry", 14, 4, ["--owners", owners]),
            ("oracle: such an entry, PAMU bypassed", 15, 0, ["--owners", owners]),
            ("oracle: such an entry, not valid", 16, 0, ["--owners", owners]),
            ("oracle: own pages behind two sub-windows", 17, 0, ["--owners", owners]),
            ("oracle: foreign page behind the second sub-window", 18, 4, ["--owners", owners]),
            ("oracle: PAMU entry makes a read-only page writable", 19, 4, ["--owners", owners]),
            ("oracle: PAMU entry for the hypervisor", 20, 4, ["--owners", owners]),
            ("oracle: PAMU entry unnoticed without owners", 13, 0, []),
            ("changed instruction without icbi", 21, 4, ["--fatal", "stale-code"]),
            ("changed instruction with icbi", 22, 0, ["--fatal", "stale-code"]),
            ("page of code written anew without icbi", 23, 4, ["--fatal", "stale-code"]),
            ("page of code written anew with icbi", 24, 0, ["--fatal", "stale-code"]),
            ("page of code written anew, same contents", 25, 0, ["--fatal", "stale-code"]),
            ("instruction cache invalidated", 26, 0, ["--fatal", "stale-code"]),
            ("stale code is reported only", 23, 0, []),
            ("stwcx. after a lwarx", 27, 0, ["--fatal", "stwcx-alone"]),
            ("stwcx. without lwarx", 28, 4, ["--fatal", "stwcx-alone"]),
            ("nothing will ever happen", 8, 6, []), ("stop with a failure", 10, 1, []),
            ("until", 11, 0, ["--until", "two t.*e"]),
            ("until not met", 11, 3, ["--until", "four", "--limit", "100000"]),
            ("reset ends the run", 31, 0, []), ("reset before until", 31, 5, ["--until", "four"]),
            ("usage", 0, 2, ["--nonsense"]), ("no such error", 0, 2, ["--inject", "ddr1:tmhit@9"])):
        got, _, err = run(model, elf, *choice(n), *extra)
        expect(f"{name}: exit {code}", got == code, f"exit {got} {err[-200:]}")
    got, _, err = run(model, elf, *choice(1))
    expect("a fatal lint dumps the trace", "oldest first" in err and "tlb1[20]" in err, err[-200:])
    got, _, err = run(model, elf, *choice(11), "--limit", "123457")
    expect("limit is exact on one core", insns(err) == 123457, err)
    got, _, err = run(model, elf, *choice(9), "--stats")
    expect("cost window is exact", "window 3: runs 2 hv-insns min 10 max 10 mean 10.0" in err, err[-400:])
    expect("hypercalls are counted", "hypercall 0: 1" in err, err[-400:])

    got, _, err = run(model, elf, *choice(0), "--log", "2")
    expect("an unknown register is logged once", err.count("unknown register 130000") == 1, err[-400:])

    smp = f"{folder}/directed/memory.elf"
    seeded = ["--cores", "4", "--start-all", "--stats", "--jitter", "300", "--quantum", "200"]
    one = run(model, smp, *seeded, "--seed", "5", "--log", "0")
    two = run(model, smp, *seeded, "--seed", "5", "--log", "0")
    other = run(model, smp, *seeded, "--seed", "6", "--log", "0")
    expect("same seed, same run", one == two and one[0] == 0, "counters differ")
    expect("another seed, another run", one != other and other[0] == 0, "nothing differs")
    failed = [s for s in range(20) if run(model, smp, *seeded, "--seed", str(s), "--log", "0")[0]]
    expect("20 interleavings", not failed, failed)
    return bad != 0


sys.exit(main())
