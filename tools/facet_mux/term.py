# SPDX-License-Identifier: BSD-3-Clause
"""The interactive terminal: one channel at a time on the screen, the others a key away."""

import os
import shutil
import sys
import termios
import tty

from .sinks import READ_CHUNK
from .wire import RAW

PREFIX = 0x01  # Ctrl-A
HELP = """\
Ctrl-A then  n / p   next / previous channel        0 .. 9   channel by number
             l       list the channels              m        all channels, tagged, or one
             b       send a break (serial devices)  a        send Ctrl-A itself
             h or ?  this help                      x or q   leave"""


class Terminal:
    """Joins the user's terminal to a mux. The terminal is in raw mode between open and close."""

    def __init__(self, mux, first=None, fd_in=0, fd_out=1):
        """first: the number of the channel to show first; None: the first one that talks."""
        self.done = False
        self._mux = mux
        self._in = fd_in
        self._out = fd_out
        self._saved = None
        self._current = None if first is None else mux.channel(first)
        self._all = False        # show every channel
        self._last = None        # channel of the last output, in the view of all
        self._at_line_start = True
        self._in_prefix = False
        self._seen = {}          # channel -> bytes of it the user has been shown
        for channel in mux.channels:
            self.add(channel)

    def add(self, channel):
        """Take part in a channel's output."""
        self._seen[channel] = channel.total
        channel.listen(self._on_data)

    def open(self):
        """Take the terminal."""
        if os.isatty(self._in):
            self._saved = termios.tcgetattr(self._in)
            tty.setraw(self._in)
        self._mux.watch(self._in, self._on_keys)
        self._note("Ctrl-A h for help, Ctrl-A x to leave")

    def close(self):
        """Give the terminal back as it was."""
        self._mux.unwatch(self._in)
        if self._saved is not None:
            termios.tcsetattr(self._in, termios.TCSADRAIN, self._saved)
            self._saved = None
            self._write(b"\r\n")

    def note(self, text):
        """Show a line of our own."""
        self._note(text)

    # ------------------------------------------------------------------ output

    def _write(self, data):
        while data:
            try:
                data = data[os.write(self._out, data):]
            except BlockingIOError:
                continue
            except OSError:
                return

    def _fresh_line(self):
        if not self._at_line_start:
            self._write(b"\r\n")
            self._at_line_start = True

    def _note(self, text):
        self._fresh_line()
        for line in text.split("\n"):
            self._write(f"\x1b[7m{line}\x1b[0m\r\n".encode())

    def _on_data(self, channel, data):
        if self._current is None and channel.number != RAW:
            self._show(channel)
            return
        if not (self._all or channel is self._current or channel.number == RAW):
            return
        if self._all and channel is not self._last:
            self._fresh_line()
            self._write(f"\x1b[7m{channel.name}\x1b[0m ".encode())
        self._last = channel
        self._seen[channel] = channel.total
        self._write(data)
        self._at_line_start = data.endswith(b"\n")

    def _show(self, channel):
        """Switch to a channel: a line that says so, then its last screenful."""
        self._current = channel
        self._last = channel
        self._all = False
        self._note(f"{_label(channel)}")
        rows = shutil.get_terminal_size().lines
        tail = bytes(channel.history).split(b"\n")[-(rows - 2):]
        self._write(b"\n".join(tail))
        self._at_line_start = not tail[-1]
        self._seen[channel] = channel.total

    # ------------------------------------------------------------------ keys

    def _on_keys(self, _events):
        if self._mux.congested:
            return
        data = os.read(self._in, READ_CHUNK)
        if not data:  # end of input: stay, for what is still to be shown
            self._mux.unwatch(self._in)
            return
        plain = bytearray()
        for byte in data:
            if self._in_prefix:
                self._in_prefix = False
                if byte in (PREFIX, ord("a")):
                    plain.append(PREFIX)
                    continue
                self._send(plain)
                self._command(chr(byte))
            elif byte == PREFIX:
                self._in_prefix = True
            else:
                plain.append(byte)
        self._send(plain)

    def _send(self, data):
        if data:
            self._mux.send(self._current.number if self._current else RAW, bytes(data))
            data.clear()

    def _command(self, key):
        if key in "np":
            self._step(1 if key == "n" else -1)
        elif key.isdigit():
            self._show(self._mux.channel(int(key)))
        elif key == "l":
            self._list()
        elif key == "m":
            self._all = not self._all
            self._note("all channels" if self._all else "one channel")
        elif key == "b":
            if not self._mux.link.send_break():
                self._note("this line has no break")
        elif key in "xq":
            self.done = True
        else:
            self._note(HELP)

    def _step(self, step):
        channels = [c for c in self._mux.channels if c.number != RAW]
        if not channels:
            self._note("no channel has been selected yet")
            return
        here = channels.index(self._current) if self._current in channels else -1
        self._show(channels[(here + step) % len(channels)])

    def _list(self):
        lines = []
        for channel in self._mux.channels:
            unseen = channel.total - self._seen.get(channel, 0)
            mark = ">" if channel is self._current else " "
            lines.append(f"{mark} {_label(channel):<24} {channel.total:>9} bytes"
                         + (f", {unseen} not shown" if unseen else ""))
        self._note("\n".join(lines) or "no channels yet")


def _label(channel):
    return channel.name if channel.number == RAW else f"{channel.number} {channel.name}"


def is_interactive():
    """Whether there is a user at a terminal on both sides."""
    return os.isatty(sys.stdin.fileno()) and os.isatty(sys.stdout.fileno())
