# SPDX-License-Identifier: BSD-3-Clause
"""A small stand-in for the muxing side, on stdin and stdout.

Prints boot text on the bare line, greets on channels 0 and 1, then answers every line on a channel
with `chN got LINE`. The line `quit` ends it. `forget` drops the receiver's selection and asks for
it again, as a restarted mux does.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../tools"))

from facet_mux import Decoder, Encoder  # noqa: E402 (the path comes first)

enc = Encoder()
dec = Decoder()


def say(channel, data):
    """Write to a channel."""
    os.write(1, enc.data(channel, data))


os.write(1, b"firmware speaks\r\n")
print("peer: started", file=sys.stderr)
say(0, b"HV> ")
say(1, b"login: ")
lines = {}
while data := os.read(0, 4096):
    for number, chunk in dec.feed(data):
        lines[number] = lines.get(number, b"") + chunk
    if dec.reselect_asked:
        dec.reselect_asked = False
        enc.reselect()
    for number in list(lines):
        while b"\n" in lines[number].replace(b"\r", b"\n"):
            text = lines[number].replace(b"\r", b"\n")
            line, lines[number] = text.split(b"\n", 1)
            if line == b"quit":
                sys.exit(int(number))
            say(number, b"ch%d got %s\r\n" % (number, line))
            if line == b"forget":
                dec = Decoder()
                os.write(1, Encoder.ask_reselect())
