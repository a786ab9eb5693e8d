#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""hypervisor.py MODEL FOLDER BUILD: the hypervisor meets a core with category E.HV.

It has to read this machine's tree and a layout for it without a finding, probe the category as present
and refuse it in one line, before any guest runs.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REFUSAL = "PANIC: this core has a working E.HV category and there is no code for it yet"
LIMIT = 50_000_000


def run(model, folder, build, *more):
    """What the hypervisor says until the limit of instructions."""
    bundle = f"{folder}/hypervisor.itb"
    pack = os.path.join(HERE, "..", "..", "..", "tools", "facet-pack")
    subprocess.run([pack, f"{HERE}/hypervisor.dts", "-o", bundle, "--arch", "ppc", "--image",
                    f"echo={build}/guests/ppc-e500mc/echo.elf"], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([model, "--cores", "4", "--ram", "512", "--dtb", f"{folder}/dtb/p4080ds.dtb",
                           "--initrd", bundle, "--limit", str(LIMIT), "--stats", *more,
                           f"{build}/ppc-e500mc/hv.elf"], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def main():
    rows = run(*sys.argv[1:4]).splitlines()
    guest = [row for row in rows if " guest " in row and " guest 0 user 0 guest-user 0" not in row]
    lines = [row for row in rows if row and not row.startswith(("core ", "ccsr ", "total:", "facet-p4080:"))]
    good = lines == [REFUSAL] and not guest
    print(f"{'PASS' if good else 'FAIL'} hypervisor refuses E.HV" + ("" if good else f": {lines[:5]} {guest[:2]}"))
    sys.exit(not good)


main()
