# SPDX-License-Identifier: BSD-3-Clause
"""The mux wire protocol: many byte channels over one serial line, in both directions.

The byte 0x18 starts a command: followed by '0' + n it selects channel n for what comes next,
followed by itself it is one data byte 0x18, followed by 0x01 it asks the other side to select its
channel again before its next data. There is no framing, checksum or flow control, so both classes
here survive any loss: the next selection puts a receiver right again.
"""

ESCAPE = 0x18
RESELECT = 0x01
FIRST = ord("0")
CHANNELS = 32

# Data before any selection: what firmware and the early hypervisor print on the bare line.
RAW = -1
# Data behind the selection of a channel number that cannot exist; it is thrown away.
NOWHERE = -2


class Decoder:
    """Splits a received stream into runs of (channel, bytes). Chunks may end anywhere."""

    def __init__(self):
        self.channel = RAW
        self.reselect_asked = False  # the peer wants our selection again; the owner clears it
        self.bad_commands = 0
        self._in_command = False

    def feed(self, data):
        """Return the list of (channel, bytes) that data completes, in order."""
        runs = []
        pos = 0
        while pos < len(data):
            if self._in_command:
                self._in_command = False
                self._command(data[pos], runs)
                pos += 1
                continue
            end = data.find(ESCAPE, pos)
            if end < 0:
                end = len(data)
            else:
                self._in_command = True
            self._emit(runs, data[pos:end])
            pos = end + 1
        return runs

    def _command(self, code, runs):
        if code == ESCAPE:
            self._emit(runs, bytes([ESCAPE]))
        elif code == RESELECT:
            self.reselect_asked = True
        elif code < FIRST:
            self.bad_commands += 1
        elif code - FIRST < CHANNELS:
            self.channel = code - FIRST
        else:
            self.bad_commands += 1
            self.channel = NOWHERE

    def _emit(self, runs, data):
        if not data or self.channel == NOWHERE:
            return
        if runs and runs[-1][0] == self.channel:
            runs[-1] = (self.channel, runs[-1][1] + bytes(data))
        else:
            runs.append((self.channel, bytes(data)))


class Encoder:
    """Turns (channel, bytes) into what goes on the line; selects only when the channel changes."""

    def __init__(self):
        self._selected = None

    def reselect(self):
        """The peer lost track: select again before the next data."""
        self._selected = None

    def data(self, channel, data):
        """Return the bytes that carry data on a channel; RAW sends it as it is."""
        if channel == RAW:
            return bytes(data)
        if not 0 <= channel < CHANNELS:
            raise ValueError(f"channel {channel} is outside 0..{CHANNELS - 1}")
        body = bytes(data).replace(bytes([ESCAPE]), bytes([ESCAPE, ESCAPE]))
        if channel == self._selected:
            return body
        self._selected = channel
        return bytes([ESCAPE, FIRST + channel]) + body

    @staticmethod
    def ask_reselect():
        """Return the command that makes the peer select its channel again."""
        return bytes([ESCAPE, RESELECT])
