# SPDX-License-Identifier: BSD-3-Clause
"""What a user of `make demo` does: a terminal, three consoles, the shell, and out again."""

import os
import sys

import pexpect

import layouts
import machine

PREFIX = "\x01"


def test_terminal():
    """Every console answers in one terminal, and Ctrl-A x leaves."""
    env = dict(os.environ, FACET_BUILD=str(machine.BUILD), FACET_HV_DIR=str(machine.HV.parent),
               FACET_ARCH=machine.ARCH)
    layout = str(layouts.BOARD / "three.dts")
    child = pexpect.spawn(sys.executable, [str(machine.ROOT / "partitions" / "boot"), layout], env=env,
                          timeout=120, dimensions=(40, 120))
    try:
        child.expect("ready after")
        child.send(PREFIX + "1")
        child.expect("linux-a# ")
        child.send("echo $((6*7)) $(hostname)\n")
        child.expect("42 linux-a")
        child.send(PREFIX + "2")
        child.expect("linux-b# ")
        child.send("echo $((6*8)) $(hostname)\n")
        child.expect("48 linux-b")
        child.send(PREFIX + "0")
        child.send("\ninfo\n")
        child.expect("bare +running")
        child.send(PREFIX + "x")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
