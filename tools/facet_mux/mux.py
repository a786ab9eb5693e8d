# SPDX-License-Identifier: BSD-3-Clause
"""The mux itself: one link, its channels, and an event loop that a program or a test drives.

A test uses it like this, without threads:

    with Mux.start(["qemu-system-aarch64", ...]) as mux:
        hv = mux.channel(0, "hv")
        hv.expect(r"HV> ", timeout=20)
        hv.send("info\\n")
"""

import os
import re
import selectors
import time

from . import link as links
from .wire import RAW, Decoder, Encoder

HISTORY = 1 << 20  # bytes a channel remembers
UNREAD = 4 << 20   # bytes a channel holds for expect()
OUT_HIGH = 4096    # bytes queued to the line above which clients are not read


class ExpectTimeout(TimeoutError):
    """expect() saw nothing that matches in time."""


class LinkClosed(EOFError):
    """The line ended while expect() was waiting."""


class Channel:
    """One byte channel: what it said, who listens, and a way to talk to it."""

    def __init__(self, mux, number, name=None):
        self.mux = mux
        self.number = number
        self.name = name or ("boot" if number == RAW else f"ch{number}")
        self.history = bytearray()  # the last HISTORY bytes
        self.total = 0              # bytes ever received
        self.before = b""           # what expect() skipped
        self.after = b""            # what expect() matched
        self.match = None
        self._unread = bytearray()
        self._listeners = []

    def listen(self, callback):
        """Call callback(channel, bytes) for everything received from now on."""
        self._listeners.append(callback)

    def unlisten(self, callback):
        """Undo listen()."""
        self._listeners.remove(callback)

    def received(self, data):
        """Take data from the line."""
        self.total += len(data)
        for buffer, limit in ((self.history, HISTORY), (self._unread, UNREAD)):
            buffer += data
            if len(buffer) > limit:
                del buffer[: len(buffer) - limit]
        for callback in list(self._listeners):
            callback(self, data)

    def send(self, data):
        """Send bytes or text on this channel."""
        self.mux.send(self.number, data.encode() if isinstance(data, str) else data)

    @property
    def text(self):
        """Everything remembered, as text."""
        return self.history.decode("utf-8", "replace")

    def expect(self, patterns, timeout=30.0):
        """Wait for one of the regular expressions (text or bytes) in what was not consumed yet.

        Returns the index of the first that matches and sets before, after and match.
        Raises ExpectTimeout, or LinkClosed when the line ends first.
        """
        many = patterns if isinstance(patterns, (list, tuple)) else [patterns]
        regexes = [re.compile(p.encode() if isinstance(p, str) else p, re.S | re.M) for p in many]
        deadline = time.monotonic() + timeout
        while True:
            for index, regex in enumerate(regexes):
                found = regex.search(self._unread)
                if found:
                    self.match = regex.search(bytes(self._unread))  # outlives the buffer
                    self.before = bytes(self._unread[: found.start()])
                    self.after = found.group(0)
                    del self._unread[: found.end()]
                    return index
            left = deadline - time.monotonic()
            if left <= 0 or self.mux.closed:
                kind = LinkClosed if self.mux.closed else ExpectTimeout
                tail = bytes(self._unread[-2000:]).decode("utf-8", "replace")
                raise kind(f"channel {self.name}: no match for {many!r} in {timeout} s; "
                           f"unread output ends with:\n{tail}")
            self.mux.pump(min(left, 1.0))

    def drain(self, seconds=0.0):
        """Pump for some seconds, then return and consume all that expect() has not."""
        deadline = time.monotonic() + seconds
        while not self.mux.closed and (left := deadline - time.monotonic()) > 0:
            self.mux.pump(left)
        data = bytes(self._unread)
        self._unread.clear()
        return data


class Mux:
    """Channels over one link. Nothing happens but inside pump()."""

    def __init__(self, link, hello=None, raw=False):
        """hello: ask the peer to select its channel again; default: when it may be talking already.

        raw: the line carries no mux protocol; everything is channel RAW.
        """
        self.link = link
        self.closed = False
        self.selector = selectors.DefaultSelector()
        self.stderr = b""            # of a program we started
        self.on_stderr = None        # callback(bytes)
        self.on_new_channel = None   # callback(channel), before its first data
        self._raw = raw
        self._decoder = Decoder()
        self._encoder = Encoder()
        self._channels = {}
        self._out = bytearray()
        self._watch_link()
        if not raw and (link.late if hello is None else hello):
            self._queue(self._encoder.ask_reselect())

    @classmethod
    def start(cls, argv, cwd=None, raw=False):
        """Start a program whose stdin and stdout are the line."""
        return cls(links.from_command(argv, cwd), raw=raw)

    @classmethod
    def over(cls, sock_or_fd, hello=None, raw=False):
        """Use a connected socket, a file descriptor, or anything with fileno() (pexpect)."""
        if isinstance(sock_or_fd, int):
            link = links.Link(sock_or_fd, f"fd{sock_or_fd}")
        else:
            link = links.Link(sock_or_fd.fileno(), "socket", owner=sock_or_fd)
        return cls(link, hello, raw)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def channel(self, number, name=None):
        """Return channel number, made on first use; name it if a name is given."""
        if number not in self._channels:
            self._channels[number] = Channel(self, number, name)
        elif name:
            self._channels[number].name = name
        return self._channels[number]

    @property
    def channels(self):
        """All channels known so far, by number."""
        return [self._channels[n] for n in sorted(self._channels)]

    def send(self, number, data):
        """Queue data for a channel. It leaves in pump()."""
        self._queue(data if self._raw else self._encoder.data(number, data))

    @property
    def congested(self):
        """Whether the line has fallen behind, so that no client should be read."""
        return len(self._out) > OUT_HIGH

    def watch(self, fd, callback, events=selectors.EVENT_READ):
        """Call callback(events) from pump() when fd is ready. Once more with other events: change."""
        try:
            self.selector.modify(fd, events, callback)
        except KeyError:
            self.selector.register(fd, events, callback)

    def unwatch(self, fd):
        """Undo watch()."""
        try:
            self.selector.unregister(fd)
        except KeyError:
            pass

    def pump(self, timeout=0.0):
        """Wait at most timeout seconds for something to happen and handle it."""
        for key, events in self.selector.select(max(timeout, 0)):
            if key.fd in self.selector.get_map():  # an earlier callback may have closed it
                key.data(events)
        if self.congested:  # clients that are ready but not read must not make this a busy loop
            time.sleep(0.002)

    def run(self, until=None):
        """Pump until the line closes or until() is true."""
        while not self.closed and not (until and until()):
            self.pump(0.5)

    def reopen(self, link):
        """Go on over a new link after the old one closed: channels and listeners stay."""
        self.link = link
        self.closed = False
        self._decoder = Decoder()
        self._encoder.reselect()
        self._out.clear()
        self._watch_link()
        if not self._raw and link.late:
            self._queue(self._encoder.ask_reselect())

    def close(self):
        """Close the line and end a program we started."""
        self._hang_up()
        self.link.close()
        self.selector.close()

    # ------------------------------------------------------------------ the line

    def _watch_link(self):
        self.watch(self.link.fd, self._on_link)
        if self.link.err_fd is not None:
            self.watch(self.link.err_fd, self._on_err)

    def _queue(self, data):
        if self.closed:
            return
        self._out += data
        self._on_link(selectors.EVENT_WRITE)

    def _on_link(self, events):
        if events & selectors.EVENT_READ:
            self._read()
        if not self.closed and self._out:
            self._write()
        if not self.closed:
            want = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)
            self.watch(self.link.fd, self._on_link, want)

    def _read(self):
        try:
            data = os.read(self.link.fd, 65536)
        except BlockingIOError:
            return
        except OSError:  # a pty says EIO, a socket ECONNRESET
            data = b""
        if not data:
            self._hang_up()
            return
        runs = [(RAW, data)] if self._raw else self._decoder.feed(data)
        for number, chunk in runs:
            self._deliver(number, chunk)
        if self._decoder.reselect_asked:
            self._decoder.reselect_asked = False
            self._encoder.reselect()

    def _deliver(self, number, chunk):
        is_new = number not in self._channels
        channel = self.channel(number)
        if is_new and self.on_new_channel:
            self.on_new_channel(channel)
        channel.received(chunk)

    def _write(self):
        try:
            done = os.write(self.link.fd, self._out[:4096])
        except BlockingIOError:
            return
        except OSError:
            self._hang_up()
            return
        del self._out[:done]

    def _on_err(self, _events):
        try:
            data = os.read(self.link.err_fd, 65536)
        except BlockingIOError:
            return
        if not data:
            self.unwatch(self.link.err_fd)
            return
        self.stderr = (self.stderr + data)[-HISTORY:]
        if self.on_stderr:
            self.on_stderr(data)

    def _hang_up(self):
        if self.closed:
            return
        self.closed = True
        self.unwatch(self.link.fd)
        if self.link.err_fd is not None:
            self._on_err(selectors.EVENT_READ)
            self.unwatch(self.link.err_fd)
