# SPDX-License-Identifier: BSD-3-Clause
"""The facet-mux command line."""

import argparse
import os
import re
import signal
import sys
import time

from .link import LinkError, from_command, open_link
from .mux import Mux
from .sinks import Log, Merge, Pty, TcpServer
from .term import Terminal, is_interactive
from .wire import CHANNELS

EXAMPLES = """\
examples:
  facet-mux --name 0=hv --name 1=linux -- qemu-system-aarch64 -M virt ... -serial stdio
  facet-mux /dev/ttyUSB0 --pty 1=/tmp/linux --tcp 2=7002
  facet-mux unix:/tmp/uart --merge --stamp --log build/logs
  facet-mux tcp:localhost:4444 --merge --until 'ALL DONE' --for 60

exit status: 0 all well (with --until: the text was seen), 1 it was not or the line ended early,
2 the line could not be opened
"""


def _numbered(text, what):
    number, equals, rest = text.partition("=")
    if not number.isdigit() or int(number) >= CHANNELS:
        raise argparse.ArgumentTypeError(f"{text}: want N={what}, N from 0 to {CHANNELS - 1}")
    return int(number), rest if equals else None


def _name(text):
    number, name = _numbered(text, "NAME")
    if not name:
        raise argparse.ArgumentTypeError(f"{text}: want N=NAME")
    return number, name


def _tcp(text):
    number, port = _numbered(text, "PORT")
    if not (port or "").isdigit():
        raise argparse.ArgumentTypeError(f"{text}: want N=PORT")
    return number, int(port)


def _pty(text):
    return _numbered(text, "LINK")


def _parser():
    p = argparse.ArgumentParser(
        prog="facet-mux", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Take the byte channels on one serial line apart: terminal, ptys, TCP ports, "
                    "logs. Without another wish and at a terminal, the channels are shown there, "
                    "one at a time (Ctrl-A h for the keys).")
    p.add_argument("line", nargs="?", metavar="LINE",
                   help="serial device, tcp:HOST:PORT or unix:PATH")
    p.add_argument("--exec", dest="command", metavar="CMD",
                   help="start this shell command; its stdin and stdout are the line "
                        "(same as -- CMD ...)")
    p.add_argument("-b", "--baud", type=int, default=115200, help="of a serial device (115200)")
    p.add_argument("-w", "--wait", type=float, default=0, metavar="SEC",
                   help="retry to open the line for this long")
    p.add_argument("--reconnect", action="store_true", help="open the line again when it closes")
    p.add_argument("--no-hello", action="store_true",
                   help="do not ask the other side to select its channel again")
    p.add_argument("--raw", action="store_true", help="the line carries no mux protocol")
    p.add_argument("-n", "--name", type=_name, action="append", default=[], metavar="N=NAME",
                   help="name a channel")
    p.add_argument("-p", "--pty", type=_pty, action="append", default=[], metavar="N[=LINK]",
                   help="a pty for a channel, with a symbolic link to it")
    p.add_argument("-t", "--tcp", type=_tcp, action="append", default=[], metavar="N=PORT",
                   help="a TCP port for a channel (0: any free one)")
    p.add_argument("--listen", default="localhost", metavar="ADDR",
                   help="address of the TCP ports (localhost; the channels have no password)")
    p.add_argument("-l", "--log", metavar="DIR", help="write DIR/NAME.log for every channel")
    p.add_argument("-s", "--stamp", action="store_true", help="time stamps in logs and --merge")
    p.add_argument("-m", "--merge", action="store_true",
                   help="print all channels, a line at a time, each with its name")
    p.add_argument("-i", "--interactive", action="store_true", help="terminal mode in any case")
    p.add_argument("-c", "--channel", type=int, metavar="N", help="show channel N first")
    p.add_argument("--until", metavar="REGEX",
                   help="leave when some channel has said this (status 0)")
    p.add_argument("--for", dest="seconds", type=float, metavar="SEC",
                   help="leave after this time (status 1 with --until)")
    return p


class App:
    """One run of facet-mux."""

    def __init__(self, args, mux):
        self.args = args
        self.mux = mux
        self.start = time.monotonic()
        self.seen = False
        self.stopped = False
        self.ptys = []
        self.merge = None
        self.terminal = None
        self._err_line = b""  # the program's last line, not complete yet
        self._until = re.compile(args.until.encode()) if args.until else None
        self._stamp = self.start if args.stamp else None

    def set_up(self):
        """Make everything the command line asks for."""
        args = self.args
        for number, name in args.name:
            self.mux.channel(number, name)
        for number, _ in args.pty + args.tcp:
            self.mux.channel(number)
        if args.log:
            os.makedirs(args.log, exist_ok=True)
        if args.merge:
            names = [name for _, name in args.name]
            self.merge = Merge(self.mux, start=self._stamp, names=names)
        if args.interactive or (not args.merge and is_interactive()):
            self.terminal = Terminal(self.mux, args.channel)
        for channel in self.mux.channels:
            self._attach(channel)
        self.mux.on_new_channel = self._on_new_channel
        self.mux.on_stderr = self._on_stderr
        for number, link_path in args.pty:
            pty = Pty(self.mux.channel(number), link_path)
            self.ptys.append(pty)
            self._say(f"channel {number}: {link_path or pty.path}")
        for number, port in args.tcp:
            server = TcpServer(self.mux.channel(number), port, args.listen)
            self._say(f"channel {number}: {args.listen}:{server.port}")

    def run(self):
        """Serve until the end; return the exit status."""
        if self.terminal:
            self.terminal.open()
        try:
            while not self._is_over():
                self.mux.pump(0.2)
                if self.mux.closed and self.args.reconnect and not self._is_over():
                    self._reconnect()
        finally:
            if self.terminal:
                self.terminal.close()
            if self.merge:
                self.merge.finish()
            for pty in self.ptys:
                pty.close()
        if self._until:
            return 0 if self.seen else 1
        if self.mux.closed and self.mux.link.process:
            status = self.mux.link.process.wait()
            return 1 if status else 0
        return 0

    def stop(self, *_):
        """Leave at the next occasion (a signal handler)."""
        self.stopped = True

    def _is_over(self):
        if self.stopped or self.seen or (self.terminal and self.terminal.done):
            return True
        if self.args.seconds and time.monotonic() - self.start > self.args.seconds:
            return True
        return self.mux.closed and not self.args.reconnect

    def _reconnect(self):
        self._say("the line closed; opening it again")
        self.mux.link.close()
        while not self._is_over():
            try:
                self.mux.reopen(open_link(self.args.line, self.args.baud))
                return
            except LinkError:
                time.sleep(0.5)

    def _on_new_channel(self, channel):
        self._attach(channel)
        if self.merge:
            self.merge.add(channel)
        if self.terminal:
            self.terminal.add(channel)

    def _attach(self, channel):
        if self.args.log:
            name = re.sub(r"[^\w.+-]", "_", channel.name)
            Log(channel, os.path.join(self.args.log, f"{name}.log"), self._stamp)
        if self._until:
            channel.listen(self._look)

    def _look(self, channel, data):
        if self._until.search(channel.history[-len(data) - 4096:]):
            self.seen = True

    def _on_stderr(self, data):
        *lines, self._err_line = (self._err_line + data).split(b"\n")
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            if self.terminal:
                self.terminal.note(text)
            else:
                print(text, file=sys.stderr, flush=True)

    def _say(self, text):
        if self.terminal:
            self.terminal.note(text)
        else:
            print(f"facet-mux: {text}", file=sys.stderr)


def _open(args, command):
    if command:
        return from_command(command)
    return open_link(args.line, args.baud, args.wait)


def main(argv=None):
    """Run facet-mux; return its exit status."""
    argv = list(sys.argv[1:] if argv is None else argv)
    command = []
    if "--" in argv:
        cut = argv.index("--")
        argv, command = argv[:cut], argv[cut + 1:]
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command:
        command = ["/bin/sh", "-c", "exec " + args.command]
    if bool(args.line) == bool(command):
        parser.error("want one line: a device, a socket, or a command")
    if args.reconnect and command:
        parser.error("--reconnect needs a device or a socket")
    try:
        mux = Mux(_open(args, command), hello=False if args.no_hello else None, raw=args.raw)
    except LinkError as e:
        print(f"facet-mux: {e}", file=sys.stderr)
        return 2
    with mux:
        try:
            app = App(args, mux)
            for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(sig, app.stop)
            app.set_up()
            return app.run()
        except LinkError as e:
            print(f"facet-mux: {e}", file=sys.stderr)
            return 2
