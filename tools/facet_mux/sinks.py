# SPDX-License-Identifier: BSD-3-Clause
"""Where a channel's bytes go: log files, ptys, TCP ports, one merged view."""

import os
import pty
import selectors
import socket
import sys
import time
import tty

from .link import LinkError

BACKLOG = 64 * 1024   # bytes kept for a client that does not read
REPLAY = 4 * 1024     # bytes of history a new TCP client is shown
READ_CHUNK = 256      # bytes taken from one client at a time, so that none starves another


class LineStamper:
    """Puts the seconds since the start, and a tag if wanted, in front of every line."""

    def __init__(self, start, tag="", stamp=True):
        self._start = start
        self._tag = tag
        self._stamp = stamp
        self._at_line_start = True

    def feed(self, data):
        """Return data with its line starts marked."""
        out = bytearray()
        pos = 0
        while pos < len(data):
            end = data.find(b"\n", pos) + 1 or len(data)
            if self._at_line_start:
                out += self._mark()
            out += data[pos:end]
            self._at_line_start = data[end - 1] == ord("\n")
            pos = end
        return bytes(out)

    def _mark(self):
        stamp = f"[{time.monotonic() - self._start:11.6f}] " if self._stamp else ""
        return (stamp + self._tag).encode()


class Log:
    """A file with everything one channel said, flushed as it comes."""

    def __init__(self, channel, path, start=None):
        """start: monotonic time zero of the time stamps; None: no stamps."""
        self.path = path
        self._file = open(path, "wb", buffering=0)
        self._stamper = None if start is None else LineStamper(start)
        channel.listen(self._on_data)

    def _on_data(self, _channel, data):
        self._file.write(self._stamper.feed(data) if self._stamper else data)


class Client:
    """One non-blocking descriptor joined to a channel, both ways; slow readers lose old data."""

    def __init__(self, channel, fd, on_gone=None):
        self._channel = channel
        self._mux = channel.mux
        self._fd = fd
        self._on_gone = on_gone
        self._out = bytearray()
        os.set_blocking(fd, False)
        channel.listen(self._on_data)
        self._mux.watch(fd, self._on_ready)

    def push(self, data):
        """Queue data for the client."""
        self._out += data
        if len(self._out) > BACKLOG:
            del self._out[: len(self._out) - BACKLOG]
        self._flush()

    def gone(self):
        """Stop serving this client."""
        self._channel.unlisten(self._on_data)
        self._mux.unwatch(self._fd)
        if self._on_gone:
            self._on_gone(self)

    def _on_data(self, _channel, data):
        self.push(data)

    def _on_ready(self, events):
        if events & selectors.EVENT_READ and not self._mux.congested:
            try:
                data = os.read(self._fd, READ_CHUNK)
            except BlockingIOError:
                data = None
            except OSError:
                data = b""
            if data == b"":
                self.gone()
                return
            if data:
                self._channel.send(data)
        if events & selectors.EVENT_WRITE:
            self._flush()

    def _flush(self):
        try:
            while self._out:
                done = os.write(self._fd, self._out[:4096])
                del self._out[:done]
        except BlockingIOError:
            pass
        except OSError:
            self._out.clear()
        want = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)
        self._mux.watch(self._fd, self._on_ready, want)


class Pty:
    """A pseudo terminal for one channel; what is not read yet waits (up to 64 KiB)."""

    def __init__(self, channel, link_path=None):
        master, slave = pty.openpty()
        tty.setraw(slave)
        self._slave = slave  # kept open, or the master would see the end at every close
        self.path = os.ttyname(slave)
        self.link_path = link_path
        if link_path:
            if os.path.islink(link_path):
                os.unlink(link_path)
            os.symlink(self.path, link_path)
        self._client = Client(channel, master)

    def close(self):
        """Remove the link in the file system."""
        if self.link_path and os.path.islink(self.link_path):
            os.unlink(self.link_path)


class TcpServer:
    """A TCP port for one channel; any number of clients may join, the last output is shown."""

    def __init__(self, channel, port, address="localhost"):
        self._channel = channel
        self._clients = {}
        self._sock = socket.socket(socket.AF_INET)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._sock.bind((address, port))
        except OSError as e:
            raise LinkError(f"cannot listen on {address}:{port}: {e.strerror}") from e
        self._sock.listen()
        self._sock.setblocking(False)
        self.port = self._sock.getsockname()[1]
        channel.mux.watch(self._sock.fileno(), self._on_connect)

    def _on_connect(self, _events):
        try:
            sock, _ = self._sock.accept()
        except OSError:
            return
        client = Client(self._channel, sock.fileno(), self._on_gone)
        self._clients[client] = sock
        client.push(bytes(self._channel.history[-REPLAY:]))

    def _on_gone(self, client):
        self._clients.pop(client).close()


class Merge:
    """All channels on one stream, whole lines, each with its channel's name in front."""

    def __init__(self, mux, out=None, start=None, names=()):
        """start: monotonic time zero of the time stamps; None: no stamps."""
        self._out = out or sys.stdout.buffer
        self._start = start
        self._width = max([len(n) for n in names] + [4])
        self._pending = {}
        for channel in mux.channels:
            self.add(channel)

    def add(self, channel):
        """Show this channel too."""
        self._pending[channel] = bytearray()
        channel.listen(self._on_data)

    def finish(self):
        """Show the unfinished lines."""
        for channel, pending in self._pending.items():
            if pending:
                self._show(channel, bytes(pending))
                pending.clear()

    def _on_data(self, channel, data):
        pending = self._pending[channel]
        pending += data
        while (end := pending.find(b"\n")) >= 0:
            self._show(channel, bytes(pending[:end]))
            del pending[: end + 1]

    def _show(self, channel, line):
        stamp = "" if self._start is None else f"[{time.monotonic() - self._start:11.6f}] "
        tag = f"{stamp}{channel.name:<{self._width}} | "
        self._out.write(tag.encode() + line.rstrip(b"\r") + b"\n")
        self._out.flush()
