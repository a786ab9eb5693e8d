#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""gdb.py MODEL FOLDER: gdb-multiarch against the model's stub."""
import re
import socket
import subprocess
import sys
import time

SCRIPT = """set confirm off
set architecture powerpc:common
set endian big
set code-cache off
set stack-cache off
{connect}
info threads
break test
continue
print/x $pc == (unsigned)&test || $pc > (unsigned)&test
set var $r31 = 0x1234
print/x $r31
stepi
info registers msr
monitor spr 287
monitor tlb
break guest_setup
continue
bt
monitor space physical
x/2i 0x110000
monitor space guest
x/1i 0x110000
delete
continue
"""

EXPECT = [r"Thread 2", r"Breakpoint 1, test \(\)", r"\$1 = 0x1", r"\$2 = 0x1234", r"msr +0x2000",
          r"PVR 80230020", r"tlb1\[1\] fe000000 ffe000000 size 2\^24", r"Breakpoint 2, guest_setup",
          r"#1 .* in test", r"<vectors>:\s+mtsprg", r"Cannot access memory", r"exited normally"]


def main():
    model, folder = sys.argv[1:3]
    elf = f"{folder}/directed/mmu.elf"
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    proc = subprocess.Popen([model, "--cores", "2", "--start-all", "--gdb", str(port), elf],
                            stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(1)
    script = f"{folder}/gdb.script"
    with open(script, "w") as out:
        out.write(SCRIPT.format(connect=f"target remote :{port}"))
    # An error must not end the session: some are expected.
    text = subprocess.run(["timeout", "60", "gdb-multiarch", "-q", "-nx", elf],
                          stdin=open(script), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True).stdout
    code = proc.wait(timeout=60)
    missing = [e for e in EXPECT if not re.search(e, text)]
    ok = not missing and code == 0
    print(f"{'PASS' if ok else 'FAIL'} p4080-gdb: {len(EXPECT) - len(missing)} of {len(EXPECT)} answers"
          f"{'; missing ' + repr(missing) if missing else ''}{'' if code == 0 else '; exit ' + str(code)}")
    return not ok


sys.exit(main())
