#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""lockstep.py MODEL MODEL_ELF QEMU_ELF FOLDER: same program on both, compared after every instruction.

Between lockstep_begin and lockstep_end the registers of both machines must agree: pc, GPRs, CR, LR,
CTR, XER, and MSR.
"""
import re
import subprocess
import sys

QEMU = ("qemu-system-ppc -M ppce500 -cpu e500mc -m 64 -nic none -display none -serial null "
        "-monitor none -no-reboot -singlestep -d cpu,nochain -D").split()


def symbol(elf, name):
    out = subprocess.run(["powerpc-linux-gnu-nm", elf], capture_output=True, text=True).stdout
    return int(re.search(rf"^(\w+) \w {name}$", out, re.M).group(1), 16)


def cut(states, begin, end):
    """States from the first visit of begin to the first visit of end after it."""
    inside = False
    for s in states:
        inside = inside or s[0] == begin
        if inside and s[0] == end:
            return
        if inside:
            yield s


def model_states(model, elf):
    proc = subprocess.Popen([model, "--log", "0", "--quiet", "--trace-registers", elf],
                            stdout=subprocess.PIPE, text=True)
    for line in proc.stdout:
        if not line.startswith("pc "):
            continue
        f = line.split()
        pc, msr, cr, xer, lr, ctr = (int(v, 16) for v in f[1:12:2])
        yield (pc, msr, cr, xer, lr, ctr) + tuple(int(v, 16) for v in f[12:44])
    proc.wait()


def qemu_states(elf, log):
    subprocess.run(["timeout", "200"] + QEMU + [log, "-bios", elf], stderr=subprocess.DEVNULL)
    state, gprs = {}, []
    for line in open(log):
        if line.startswith("NIP"):
            m = re.match(r"NIP (\w+)\s+LR (\w+) CTR (\w+) XER (\w+)", line)
            state = dict(zip(("pc", "lr", "ctr", "xer"), (int(v, 16) for v in m.groups())))
            gprs = []
        elif line.startswith("MSR"):
            state["msr"] = int(line.split()[1], 16)
        elif line.startswith("GPR"):
            gprs += [int(v, 16) for v in line.split()[1:]]
        elif line.startswith("CR"):
            state["cr"] = int(line.split()[1], 16)
            yield tuple(state[k] for k in ("pc", "msr", "cr", "xer", "lr", "ctr")) + tuple(gprs)


NAMES = ["pc", "msr", "cr", "xer", "lr", "ctr"] + [f"r{n}" for n in range(32)]


def main():
    model, elf, qemu_elf, folder = sys.argv[1:]
    begin, end = symbol(elf, "lockstep_begin"), symbol(elf, "lockstep_end")
    ours = cut(model_states(model, elf), begin, end)
    theirs = cut(qemu_states(qemu_elf, folder + "/lockstep.log"), begin, end)
    count = 0
    bad = 0
    last = None
    for a, b in zip(ours, theirs):
        count += 1
        if a != b:
            bad += 1
            diff = [f"{n} {x:08x} reference {y:08x}" for n, x, y in zip(NAMES, a, b) if x != y]
            print(f"  step {count}, after pc {last or 0:08x}:", "; ".join(diff))
            if bad == 5:
                break
        last = a[0]
    rest = next(ours, None) or next(theirs, None)
    if bad or count < 1000 or rest:
        print(f"FAIL p4080-lockstep: {bad} of {count} steps differ", "(one ended early)" if rest else "")
        return 1
    print(f"PASS p4080-lockstep: {count} steps agree")
    return 0


sys.exit(main())
