#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""linux.py MODEL FOLDER [NAME... | --fault NAME]: the judges that are mainline Linux on the model.

Each scenario runs one image and demands console lines; the last one ends the run. Prints PASS or
FAIL per scenario with instructions and wall time.
"""
import hashlib
import random
import re
import subprocess
import sys
import time

DISK = random.Random(4080).randbytes(1 << 20)
DMATEST = "dmatest.run=1 dmatest.iterations=20 dmatest.wait=1"
STRESS = r"stress: 40 rounds, 0 bad, signals ok, floats ok, {} cpus"


def counted(pattern, n):
    """Exactly n console lines match."""
    return lambda text: len(re.findall(pattern, text, re.M)) == n


def native(cpus):
    return {"options": ["--cores", str(cpus)], "initrd": "guest-initrd.gz", "append": "",
            "until": "^all done", "demand": [counted(STRESS.format(cpus), 1)]}


def kvm(mode, guests):
    return {"options": ["--cores", "2"], "initrd": "host-initrd.gz", "append": "guests=" + mode,
            "until": "^host done", "demand": [counted(r"\] " + STRESS.format(1), guests),
                                              counted(r"\] all done", guests),
                                              counted(r"^vmm g\d: exit 0", guests)]}


SCENARIOS = {
    "native-1": native(1),
    "native-4": native(4),
    "native-8": native(8),
    "pamu-dmatest": {
        "options": ["--cores", "4"], "initrd": "guest-initrd.gz", "append": DMATEST,
        "until": "^all done",
        "demand": [counted(r"summary 20 tests, 0 failures", 8), counted(r"violation", 0)]},
    # The second engine's LIODN register names an entry nobody set up.
    "pamu-wrong-liodn": {
        "options": ["--cores", "4", "--ccsr", "0xe0584=7"], "initrd": "guest-initrd.gz",
        "append": DMATEST, "until": "^all done",
        "demand": [counted(r"dma0chan\d-copy0: summary 20 tests, 0 failures", 4),
                   counted(r"dma1chan\d-copy0: summary 20 tests, 20 failures", 4),
                   counted(r"access violation interrupt", 1),
                   counted(r"AVS1=00074001", 1)]},
    "virtio-disk": {
        "options": ["--cores", "2", "--disk", "DISK"], "initrd": "host-initrd.gz",
        "append": "guests=none", "until": "^host done",
        "demand": [counted(hashlib.md5(DISK).hexdigest() + "  /dev/vda", 1),
                   counted(r"^written-and-read", 1)]},
    "kvm-one": kvm("one", 1),
    "kvm-two": kvm("two", 2),
    "kvm-shared": kvm("shared", 2),
}


def run(model, folder, name, extra):
    """Exit state and console text of a scenario."""
    s = SCENARIOS[name]
    cmd = [model, "--dtb", f"{folder}/dtb/p4080ds.dtb", "--initrd", f"{folder}/{s['initrd']}",
           "--append", "console=ttyS0,115200 " + s["append"], "--until", s["until"],
           "--limit", "2000000000"]
    cmd += [o.replace("DISK", folder + "/disk") for o in s["options"]] + extra
    cmd.append(f"{folder}/linux/vmlinux")
    try:
        done = subprocess.run(cmd, capture_output=True, timeout=150)
    except subprocess.TimeoutExpired:
        return "timeout", "", ""
    text = done.stdout.decode(errors="replace").replace("\r", "")
    return done.returncode, text, done.stderr.decode(errors="replace")


def judge(model, folder, name, extra):
    """What is wrong (None: nothing) and the model's messages."""
    code, text, err = run(model, folder, name, extra)
    if code != 0:
        return f"exit {code}", err
    for n, demand in enumerate(SCENARIOS[name]["demand"]):
        if not demand(text):
            return f"demand {n + 1} not met", err
    return None, err


def main():
    model, folder = sys.argv[1:3]
    rest = sys.argv[3:]
    extra = []
    if rest[:1] == ["--fault"]:
        extra, rest = rest[:2], rest[2:]
    with open(folder + "/disk", "wb") as disk:
        disk.write(DISK)
    bad = 0
    for name in rest or SCENARIOS:
        start = time.time()
        wrong, err = judge(model, folder, name, extra)
        m = re.search(r"(\d+) instructions, ([\d.]+) s, (\d+) MIPS, (\d+) by", err)
        measured = f"{int(m.group(1)) / 1e6:.0f} M instructions, {m.group(2)} s, {m.group(3)} MIPS, " \
            f"{m.group(4)} by processor time" \
            if m else f"{time.time() - start:.0f} s"
        print(f"{'FAIL' if wrong else 'PASS'} p4080-linux {name}: {wrong + '; ' if wrong else ''}"
              f"{measured}", flush=True)
        bad += bool(wrong)
    return bad != 0


sys.exit(main())
