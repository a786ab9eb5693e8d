# SPDX-License-Identifier: BSD-3-Clause
"""QEMU's monitor: what the hardware holds, seen from outside of all software."""

import json
import re
import socket
import time


class Qmp:
    """One connection to the socket that `argument` makes QEMU offer."""

    def __init__(self, path):
        self.path = path
        self.file = None

    def argument(self):
        """QEMU's arguments."""
        self.path.unlink(missing_ok=True)
        return ["-qmp", f"unix:{self.path},server=on,wait=off"]

    def connect(self):
        """Connect when QEMU is up."""
        end = time.monotonic() + 10
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(20)
        while True:
            try:
                sock.connect(str(self.path))
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        self.file = sock.makefile("rw", encoding="utf-8")
        self.file.readline()
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        """Run a command; its answer. One that stays out is asked for on a new connection."""
        if not self.file:
            self.connect()
        try:
            return self.asked(command, arguments)
        except TimeoutError:
            self.file.close()
            self.connect()
            return self.asked(command, arguments)

    def asked(self, command, arguments):
        """The answer to a command on this connection."""
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def monitor(self, line):
        """A command of the human monitor; its text."""
        return self.do("human-monitor-command", **{"command-line": line})

    def memory(self, base, size, path):
        """Bytes of physical memory."""
        self.do("pmemsave", val=base, size=size, filename=str(path))
        data = path.read_bytes()
        path.unlink()
        return data

    def register(self, at):
        """A 64-bit device register."""
        return int(re.search(r"0x[0-9a-f]+\s*$", self.monitor(f"xp /1gx {at:#x}").strip()).group(0), 16)

    def functions(self):
        """(bus, device, function) -> what `info pci` says of it."""
        parts = re.split(r"^  Bus +(\d+), device +(\d+), function (\d+):\r?\n", self.monitor("info pci"), flags=re.M)
        return {tuple(map(int, parts[i:i + 3])): parts[i + 3] for i in range(1, len(parts), 4)}
