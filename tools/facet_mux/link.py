# SPDX-License-Identifier: BSD-3-Clause
"""The one line under a mux: a serial device, a TCP or Unix socket, or the stdio of a program."""

import os
import signal
import socket
import stat
import subprocess
import termios
import time
import tty


class LinkError(Exception):
    """The line could not be opened."""


class Link:
    """A non-blocking file descriptor that reads and writes one byte stream."""

    def __init__(self, fd, name, owner=None, late=True):
        """late: the other side may already be talking, so ask it to select its channel again."""
        os.set_blocking(fd, False)
        self.fd = fd
        self.name = name
        self.late = late
        self.err_fd = None  # standard error of a program we started
        self.process = None
        self._owner = owner  # keeps a socket object alive

    def send_break(self):
        """Send a break condition; False when this kind of line has none."""
        if not os.isatty(self.fd):
            return False
        termios.tcsendbreak(self.fd, 0)
        return True

    def close(self):
        """Close the line; a program we started is asked to end, then made to."""
        if self._owner is not None:
            self._owner.close()
        elif self.fd >= 0:
            os.close(self.fd)
        self.fd = -1
        if self.process is not None:
            _end(self.process)
        if self.err_fd is not None:
            os.close(self.err_fd)
            self.err_fd = None


def _end(process):
    for sig in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(sig)
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            continue


def from_command(argv, cwd=None):
    """Start a program and talk with its stdin and stdout."""
    ours, theirs = socket.socketpair()
    err_r, err_w = os.pipe()
    try:
        process = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=err_w, cwd=cwd)
    except OSError as e:
        ours.close()
        os.close(err_r)
        raise LinkError(f"cannot start {argv[0]}: {e.strerror}") from e
    finally:
        theirs.close()
        os.close(err_w)
    link = Link(ours.fileno(), argv[0], owner=ours, late=False)
    os.set_blocking(err_r, False)
    link.err_fd = err_r
    link.process = process
    return link


def from_socket(sock, name="socket"):
    """Use a connected socket."""
    return Link(sock.fileno(), name, owner=sock)


def from_tty(path, baud):
    """Open a serial device in raw mode, 8N1, no flow control (the protocol has none)."""
    speed = getattr(termios, f"B{baud}", None)
    if speed is None:
        raise LinkError(f"{path}: no such baud rate: {baud}")
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        tty.setraw(fd)
        attr = termios.tcgetattr(fd)
        attr[2] = (attr[2] | termios.CLOCAL | termios.CREAD) & ~(termios.CRTSCTS | termios.HUPCL)
        attr[4] = attr[5] = speed
        termios.tcsetattr(fd, termios.TCSANOW, attr)
    except termios.error as e:
        os.close(fd)
        raise LinkError(f"{path} is not a serial device: {e.args[1]}") from e
    return Link(fd, path)


def _connect(spec):
    if spec.startswith("unix:"):
        sock = socket.socket(socket.AF_UNIX)
        address = spec[5:]
    else:
        host, _, port = spec[4:].rpartition(":")
        if not port.isdigit():
            raise LinkError(f"{spec}: want tcp:HOST:PORT")
        sock = socket.socket(socket.AF_INET)
        address = (host or "localhost", int(port))
    try:
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return from_socket(sock, spec)


def open_link(spec, baud=115200, wait=0.0):
    """Open tcp:HOST:PORT, unix:PATH or a serial device; retry for wait seconds."""
    deadline = time.monotonic() + wait
    while True:
        try:
            if spec.startswith(("tcp:", "unix:")):
                return _connect(spec)
            if stat.S_ISSOCK(os.stat(spec).st_mode):
                return _connect("unix:" + spec)
            return from_tty(spec, baud)
        except OSError as e:
            if time.monotonic() >= deadline:
                raise LinkError(f"cannot open {spec}: {e.strerror or e}") from e
            time.sleep(0.1)
