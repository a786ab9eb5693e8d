# SPDX-License-Identifier: BSD-3-Clause
"""Run the table of scenarios; FACET_ONLY=regex chooses some."""

import os
import re
import shutil
import subprocess

import pytest

import layouts
import machine
from table import SCENARIOS

WORK = machine.BUILD / "system"
ONLY = re.compile(os.environ.get("FACET_ONLY", "."))


def start_bare(row, work):
    """The program of the first partition on the machine itself."""
    part = row.parts[0]
    argv = machine.qemu(**row.machine) + ["-kernel", str(machine.image_file(part.image))]
    if part.args:
        argv += ["-append", part.args]
    m = machine.Machine(argv, raw=True, log=work / "log")
    m.number[part.name] = machine.RAW
    return m


def bundle_of(row, work):
    """Layout and images of a row in one file, and the names of its channels."""
    if row.layout:
        source = layouts.BOARD / row.layout
        return machine.pack(source, row.images, work / "bundle.itb"), row.names
    source = layouts.write(work / "layout.dts", row.parts, row.extra)
    images = [name for part in row.parts for name in part.wanted]
    return machine.pack(source, images, work / "bundle.itb"), [p.name for p in row.parts]


def uboot_env(work, command):
    """A U-Boot environment for flash 1 that runs one command at once."""
    (work / "env.txt").write_text(f"bootdelay=-2\nbootcmd={command}\n", encoding="ascii")
    env = work / "env.img"
    subprocess.run(["mkenvimage", "-s", "0x40000", "-o", env, work / "env.txt"], check=True)
    os.truncate(env, 64 << 20)
    return ["-bios", machine.UBOOT, "-drive",
            f"if=pflash,unit=1,format=raw,readonly=on,file={env}"]


def start_uboot_ppc(row, work):
    """U-Boot's own boot command starts one FIT; its loadable is found by config-addr=."""
    fit = work / "facet.itb"
    source = layouts.BOARD / row.layout if row.layout else work / "layout.dts"
    images = row.images if row.layout else [name for part in row.parts for name in part.wanted]
    machine.pack(source, images, fit, "--hv", machine.HV)
    return ["-bios", machine.UBOOT, "-kernel", str(fit), "-append", "config-addr=0x5000000"]


def start_uboot(row, work):
    """U-Boot starts one FIT of hypervisor and bundle (bootm), or the image with the FIT's bundle."""
    fit = work / "facet.itb"
    images = [name for part in row.parts for name in part.wanted]
    machine.pack(work / "layout.dts", images, fit, "--hv", machine.HV, "--hv-load", "0x40200000")
    image = {"bootm": "bootm 0x60000000#facet", "booti": "booti 0x44000000"}[row.flow]
    return uboot_env(work, f"{image} 0x60000000#facet ${{fdtcontroladdr}}") + [
        "-device", f"loader,file={machine.HV},addr=0x44000000,force-raw=on",
        "-device", f"loader,file={fit},addr=0x60000000,force-raw=on"]


def start(row, work):
    """Start the machine of a row."""
    if row.flow == "bare":
        return start_bare(row, work)
    bundle, names = bundle_of(row, work)
    argv = (machine.qemu_ppc if machine.PPC else machine.qemu)(**row.machine)
    if row.flow == "bootm" and machine.PPC:
        argv += start_uboot_ppc(row, work)
    elif row.flow in ("booti", "bootm"):
        argv += start_uboot(row, work)
    elif row.flow == "bios":
        argv += ["-bios", str(machine.HV), "-kernel", str(bundle), "-initrd", str(bundle)]
    else:
        argv += ["-kernel", str(machine.HV), "-initrd", str(bundle)]
    return machine.Machine(argv, names, log=work / "log")


@pytest.mark.parametrize("row", [r for r in SCENARIOS if ONLY.search(r.name)], ids=lambda r: r.name)
def test(row):
    """One scenario."""
    work = WORK / row.name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with start(row, work) as m:
        for step in row.steps:
            step(m)
    if not os.environ.get("FACET_KEEP"):
        for big in ("bundle.itb", "facet.itb", "env.img"):
            (work / big).unlink(missing_ok=True)
