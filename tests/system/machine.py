# SPDX-License-Identifier: BSD-3-Clause
"""QEMU machines for tests: build the command line and the bundle, run, talk to the channels."""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FACET_BUILD", ROOT / "build"))
ARCH = os.environ.get("FACET_ARCH", "arm64")
PPC = ARCH == "ppc-e500mc"
GUESTS = BUILD / "guests" / ARCH
UBOOT = "/usr/lib/u-boot/" + ("qemu-ppce500/uboot.elf" if PPC else "qemu_arm64/u-boot.bin")
HV = pathlib.Path(os.environ.get("FACET_HV_DIR", BUILD / ARCH)) / ("hv.elf" if PPC else "hv.bin")

sys.path.insert(0, str(ROOT / "tools"))
from facet_mux import RAW, ExpectTimeout, Mux  # noqa: E402 (the path comes first)

__all__ = ["ARCH", "BUILD", "GUESTS", "HV", "PPC", "RAW", "ROOT", "UBOOT", "ExpectTimeout", "Failed", "Machine",
           "image_file", "pack", "physical", "qemu", "qemu_ppc"]


class Failed(AssertionError):
    """The machine did something else than the scenario says."""


def qemu_ppc(cpu="e500mc", smp=2, mem="512M", icount=None, monitor=None, extra=()):
    """The command line of a ppce500 machine without any image; monitor is a socket's path."""
    argv = ["qemu-system-ppc", "-M", "ppce500", "-cpu", cpu, "-smp", str(smp), "-m", mem, "-seed", "1",
            "-nic", "none", "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]
    if icount is not None:
        argv += ["-icount", f"shift={icount},sleep=off"]
    if monitor:
        argv += ["-qmp", f"unix:{monitor},server=on,wait=off"]
    return argv + list(extra)


def physical(monitor, address):
    """A word of physical memory or a device register, as QEMU's monitor reads it."""
    command = {"execute": "human-monitor-command", "arguments": {"command-line": f"xp /1wx {address:#x}"}}
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(str(monitor))
        with s.makefile("rw") as line:
            line.readline()
            for request in ({"execute": "qmp_capabilities"}, command):
                line.write(json.dumps(request) + "\n")
                line.flush()
                answer = json.loads(line.readline())
    return int(answer["return"].split()[-1], 16)


def disk(name, mib=128):
    """An empty disk for a machine, and the argument that makes it a drive of that name."""
    path = BUILD / "disks" / f"{name}.img"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as f:
        f.truncate(mib << 20)
    return ["-drive", f"if=none,id={name},format=raw,cache=unsafe,file={path}"]


def qemu(cpu="cortex-a53", gic=3, smp=4, mem="1G", virt=True, icount=None, its=False, iommu=False, disks=(),
         extra=()):
    """The command line of a machine without any image; iommu: its PCI host is behind an SMMUv3."""
    options = [f"virt,gic-version={gic}", "dtb-randomness=off"]
    if virt:
        options.append("virtualization=on")
    if iommu:
        options.append("iommu=smmuv3")
    if gic == 3 and not its and not iommu:
        options.append("its=off")
    argv = ["qemu-system-aarch64", "-M", ",".join(options), "-cpu", cpu, "-smp", str(smp), "-m", mem,
            "-nic", "none", "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]
    if icount is not None:
        argv += ["-icount", f"shift={icount},sleep=off", "-rtc", "base=2026-01-01,clock=vm"]
    for name in disks:
        argv += disk(name)
    return argv + list(extra)


def image_file(name):
    """The file of an image by the name layouts use."""
    if name.startswith("initrd"):
        return GUESTS / f"{name}.gz"
    if name.startswith("linux-"):
        return GUESTS / name
    return GUESTS / (f"{name}.elf" if PPC else f"{name}.bin")


def pack(layout, images, out, *more):
    """Put a layout and the images it names into a bundle."""
    argv = [str(ROOT / "tools" / "facet-pack"), str(layout), "-o", str(out)]
    argv += ["--arch", "ppc"] if PPC else []
    for name in sorted(set(images)):
        argv += ["--image", f"{name}={image_file(name)}"]
    done = subprocess.run(argv + [str(a) for a in more], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"facet-pack: {done.stdout}{done.stderr}")
    return out


class Machine:
    """A running QEMU and its channels by name."""

    def __init__(self, argv, names=(), raw=False, log=None, slow=1.0):
        self.log = log
        self.slow = slow * float(os.environ.get("FACET_SLOW", "3"))
        self.argv = argv
        self.mux = Mux.start(argv, raw=raw)
        self.number = {"boot": RAW, "hv": 0}
        for n, name in enumerate(names, 1):
            self.number[name] = n
        for name, n in self.number.items():
            self.mux.channel(n, name)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.mux.close()
        if self.log:
            self.save()

    def save(self):
        """Write what every channel said."""
        text = " ".join(self.argv) + "\n"
        for channel in self.mux.channels:
            text += f"==== {channel.name}\n{channel.text}\n"
        self.log.write_text(text, encoding="utf-8")

    def channel(self, name):
        """A channel by the name of its partition, hv, or boot."""
        return self.mux.channel(self.number[name])

    def expect(self, name, pattern, timeout=30.0):
        """Wait for a pattern; the match object."""
        try:
            self.channel(name).expect(pattern, timeout * self.slow)
        except (ExpectTimeout, EOFError) as e:
            raise Failed(" ".join(str(e)[-600:].split())) from e
        return self.channel(name).match

    def send(self, name, text):
        """Type on a channel."""
        self.channel(name).send(text)

    def judge(self, name, timeout=60.0):
        """Wait for a test program's DONE and check that it reported so many tests, none failed."""
        seen = self.expect(name, r"DONE (\d+)\r?\n", timeout)
        text = self.channel(name).before.decode("utf-8", "replace")
        lines = re.findall(r"^(PASS|FAIL|SKIP) (.*?)\r?$", text, re.M)
        bad = [rest for verdict, rest in lines if verdict == "FAIL"]
        if bad:
            raise Failed(f"{name}: {'; '.join(bad)}")
        if len(lines) != int(seen.group(1)) or not lines:
            raise Failed(f"{name}: {len(lines)} results, DONE says {seen.group(1).decode()}")

    def linux_ready(self, name, cpus, timeout=90.0):
        """Wait for a Linux guest's init and its shell."""
        seen = self.expect(name, r"FACET-GUEST-READY (\d+) (\S+)", timeout)
        if int(seen.group(1)) != cpus:
            raise Failed(f"{name}: {seen.group(1).decode()} CPUs, expected {cpus}")
        self.expect(name, rf"{name}# ", timeout)

    def linux(self, name, command, pattern=None, timeout=20.0):
        """Run a shell command in a Linux guest; its output must match. The output as text."""
        self.send(name, command + "; echo END''$?\n")
        self.expect(name, r"END(\d+)\r?\n", timeout)
        text = self.channel(name).before.decode("utf-8", "replace")
        text = text.split("\n", 1)[-1]
        if pattern and not re.search(pattern, text, re.S | re.M):
            raise Failed(f"{name}: '{command}' answered: {' '.join(text.split())[:300]}")
        return text

    def shell(self, command, pattern=None, timeout=10.0):
        """Run a command of the hypervisor's shell; its output must match. The output as text.

        A log line at any time brings a prompt of its own, with what was typed so far: the answer is what
        comes between the echo of the whole command and the next prompt.
        """
        self.channel("hv").drain()
        self.send("hv", command + "\n")
        self.expect("hv", re.escape(command) + r"\r?\n", timeout)
        self.expect("hv", r"facet> ", timeout)
        text = self.channel("hv").before.decode("utf-8", "replace")
        if pattern and not re.search(pattern, text, re.S | re.M):
            raise Failed(f"shell: '{command}' answered: {' '.join(text.split())[:300]}")
        return text

    def shell_until(self, command, pattern, timeout=10.0):
        """Repeat a command of the shell until its output matches: requests are done by other CPUs."""
        end = time.monotonic() + timeout * self.slow
        while not re.search(pattern, text := self.shell(command), re.S | re.M):
            if time.monotonic() > end:
                raise Failed(f"shell: '{command}' answered: {' '.join(text.split())[:300]}")
            self.run(0.2)

    def run(self, seconds):
        """Let time pass."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.mux.closed:
            self.mux.pump(0.1)

    def wait_exit(self, timeout=30.0):
        """Wait for QEMU to end by itself."""
        end = time.monotonic() + timeout * self.slow
        while not self.mux.closed:
            if time.monotonic() > end:
                raise Failed("the machine did not switch off")
            self.mux.pump(0.2)
