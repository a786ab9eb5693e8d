# SPDX-License-Identifier: BSD-3-Clause
"""facet-mux: the wire protocol, the loop, and the program as a user runs it."""

import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import termios
import time

import pexpect
import pytest

from facet_mux import RAW, Decoder, Encoder, ExpectTimeout, LinkClosed, Mux
from facet_mux.sinks import BACKLOG, LineStamper, Pty, TcpServer
from facet_mux.wire import NOWHERE

PEER = [sys.executable, str(pathlib.Path(__file__).with_name("mux_peer.py"))]


def collect(runs):
    """Join runs into {channel: bytes}."""
    out = {}
    for number, data in runs:
        out[number] = out.get(number, b"") + data
    return out


# ---------------------------------------------------------------------- wire


def test_encoder_selects_only_on_change():
    enc = Encoder()
    assert enc.data(0, b"a") == b"\x180a"
    assert enc.data(0, b"b") == b"b"
    assert enc.data(31, b"c") == b"\x18Oc"
    enc.reselect()
    assert enc.data(31, b"d") == b"\x18Od"
    assert enc.data(RAW, b"e\x18") == b"e\x18"
    with pytest.raises(ValueError):
        enc.data(32, b"x")


def test_escape_byte_is_doubled():
    assert Encoder().data(2, b"\x18\x18x") == b"\x182\x18\x18\x18\x18x"
    assert Decoder().feed(b"\x182\x18\x18\x18\x18x") == [(2, b"\x18\x18x")]


def test_decoder_before_and_behind_selections():
    dec = Decoder()
    assert dec.feed(b"boot\x180hv\x181guest\x18Pnowhere\x180back") == [
        (RAW, b"boot"), (0, b"hv"), (1, b"guest"), (0, b"back")]
    assert dec.bad_commands == 1
    dec.feed(b"\x18\xff")
    assert dec.channel == NOWHERE


def test_decoder_drops_unknown_low_commands():
    dec = Decoder()
    assert dec.feed(b"\x183ab\x18\x02cd\x18/ef") == [(3, b"abcdef")]
    assert dec.bad_commands == 2


def test_reselect_request():
    dec = Decoder()
    assert dec.feed(b"\x184x\x18\x01y") == [(4, b"xy")]
    assert dec.reselect_asked


@pytest.mark.parametrize("seed", range(20))
def test_round_trip_at_any_chunk_boundary(seed):
    rng = random.Random(seed)
    enc, dec = Encoder(), Decoder()
    want, line = {}, b""
    for _ in range(200):
        number = rng.randrange(32)
        data = bytes(rng.choice((0x18, 0x01, 0x30, rng.randrange(256)))
                     for _ in range(rng.randrange(1, 12)))
        want[number] = want.get(number, b"") + data
        line += enc.data(number, data)
        if rng.random() < 0.1:
            enc.reselect()
    got = {}
    while line:
        cut = rng.randrange(1, 7)
        for number, data in dec.feed(line[:cut]):
            got[number] = got.get(number, b"") + data
        line = line[cut:]
    assert got == want
    assert dec.bad_commands == 0


@pytest.mark.parametrize("seed", range(20))
def test_resynchronises_after_loss(seed):
    """Whatever is lost, data behind the next selection arrives whole."""
    rng = random.Random(seed)
    enc, dec = Encoder(), Decoder()
    noise = enc.data(5, bytes(rng.randrange(256) for _ in range(100)))
    start = rng.randrange(len(noise))
    dec.feed(noise[:start] + noise[start + rng.randrange(1, 20):])
    dec.feed(b"\n")  # ends a command that the loss cut in half
    enc.reselect()
    assert dec.feed(enc.data(7, b"\x18whole\x18")) == [(7, b"\x18whole\x18")]


# ---------------------------------------------------------------------- the loop


@pytest.fixture
def pair():
    """A mux on one end of a socket pair, and the other end."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    mux = Mux.over(ours)
    yield mux, theirs
    mux.close()
    theirs.close()


def pump_until(mux, cond, seconds=5.0):
    """Pump until a condition holds."""
    end = time.monotonic() + seconds
    while not cond():
        assert time.monotonic() < end, "the condition never came true"
        mux.pump(0.05)


def test_hello_and_reselect(pair):
    mux, peer = pair
    assert peer.recv(100) == b"\x18\x01"
    mux.channel(2).send("x")
    assert peer.recv(100) == b"\x182x"
    mux.channel(2).send("y")
    assert peer.recv(100) == b"y"
    peer.send(b"\x18\x01")
    mux.pump(1)
    mux.channel(2).send("z")
    assert peer.recv(100) == b"\x182z"


def test_expect_consumes_in_order(pair):
    mux, peer = pair
    peer.send(b"\x181one two\x182other\x181 three")
    ch = mux.channel(1, "linux")
    assert ch.expect("two") == 0
    assert ch.before == b"one "
    assert ch.expect([r"zzz", r"th(r)ee"]) == 1
    assert ch.match.group(1) == b"r"
    with pytest.raises(ExpectTimeout, match="linux"):
        ch.expect("one", timeout=0.1)
    assert ch.text == "one two three"
    assert mux.channel(2).drain() == b"other"
    peer.close()
    with pytest.raises(LinkClosed):
        ch.expect("never", timeout=5)


def test_big_write_does_not_block(pair):
    """A peer that does not read must not stop the loop, and gets everything once it does."""
    mux, peer = pair
    blob = bytes(range(256)) * 4096
    mux.channel(3).send(blob)
    mux.pump(0.05)
    assert mux.congested
    got = b""
    while mux.congested or not got.endswith(b"\xff"):
        mux.pump(0.01)
        got += peer.recv(1 << 16)
    assert collect(Decoder().feed(got))[3] == blob


def test_pty_carries_both_ways_and_binary(pair, tmp_path):
    mux, peer = pair
    peer.recv(100)
    link = tmp_path / "console"
    pty = Pty(mux.channel(4), str(link))
    with open(link, "r+b", buffering=0) as tty:
        os.set_blocking(tty.fileno(), False)
        peer.send(b"\x184hi\r\n\x03\x18\x18\xff")
        data = b""
        end = time.monotonic() + 5
        while len(data) < 7 and time.monotonic() < end:
            mux.pump(0.05)
            data += tty.read() or b""
        assert data == b"hi\r\n\x03\x18\xff"
        tty.write(b"a\x03\x18")
        mux.pump(1)
        assert peer.recv(100) == b"\x184a\x03\x18\x18"
    pty.close()
    assert not link.is_symlink()


def test_pty_without_reader_keeps_the_end(pair):
    mux, peer = pair
    pty = Pty(mux.channel(0))
    peer.settimeout(0.2)
    blob = b"".join(b"%07d\n" % i for i in range(20000))
    sender = blob
    peer.send(b"\x180")
    while sender:
        sender = sender[peer.send(sender[:8192]):]
        mux.pump(0.05)
    pump_until(mux, lambda: mux.channel(0).total == len(blob))
    with open(pty.path, "rb", buffering=0) as tty:
        os.set_blocking(tty.fileno(), False)
        data = b""
        for _ in range(200):
            data += tty.read() or b""
            mux.pump(0.002)
    assert data.endswith(b"0019999\n")
    assert BACKLOG <= len(data) < BACKLOG + 16384


def test_tcp_replays_and_serves_two(pair):
    mux, peer = pair
    peer.recv(100)
    server = TcpServer(mux.channel(1), 0)
    peer.send(b"\x181early ")
    mux.pump(1)
    clients = [socket.create_connection(("localhost", server.port), timeout=5) for _ in range(2)]
    for _ in range(3):
        mux.pump(0.1)
    peer.send(b"late")
    for _ in range(3):
        mux.pump(0.1)
    for client in clients:
        assert client.recv(100) == b"early late"
    clients[0].close()
    clients[1].send(b"typed")
    for _ in range(3):
        mux.pump(0.1)
    assert peer.recv(100) == b"\x181typed"
    clients[1].close()


def test_stamps_at_line_starts_only():
    stamper = LineStamper(time.monotonic(), "tag ")
    out = stamper.feed(b"ab") + stamper.feed(b"c\nd") + stamper.feed(b"\n\n")
    text = re.sub(rb"\[ *\d+\.\d{6}\]", b"[T]", out)
    assert text == b"[T] tag abc\n[T] tag d\n[T] tag \n"


# ---------------------------------------------------------------------- the program


def test_started_program_as_the_tests_use_it():
    with Mux.start(PEER) as mux:
        mux.channel(0).expect("HV> ")
        mux.channel(1).send("hello\n")
        mux.channel(1).expect("ch1 got hello")
        mux.channel(1).send("forget\n")
        mux.channel(1).expect("ch1 got forget")
        mux.pump(0.5)
        mux.channel(1).send("again\n")
        mux.channel(1).expect("ch1 got again")
        assert mux.channel(RAW).text == "firmware speaks\r\n"
        mux.channel(0).send("quit\n")
        with pytest.raises(LinkClosed):
            mux.channel(0).expect("never")
        assert mux.link.process.wait(5) == 0
        assert mux.stderr == b"peer: started\n"


def run(tools, *args, **kw):
    """Run facet-mux to its end."""
    return subprocess.run([str(tools / "facet-mux"), *args], capture_output=True, timeout=30,
                          stdin=subprocess.DEVNULL, check=False, **kw)


def test_merge_until_and_logs(tools, tmp_path):
    done = run(tools, "--merge", "--log", str(tmp_path / "logs"), "-n", "0=hv", "-n", "1=linux",
               "--until", "login", "--", *PEER)
    assert done.returncode == 0
    assert done.stdout == b"boot  | firmware speaks\nhv    | HV> \nlinux | login: \n"
    assert done.stderr == b"peer: started\n"
    assert (tmp_path / "logs/linux.log").read_bytes() == b"login: "
    assert (tmp_path / "logs/boot.log").read_bytes() == b"firmware speaks\r\n"


def test_exit_status(tools):
    assert run(tools, "-m", "--until", "nothing", "--for", "0.5", "--", *PEER).returncode == 1
    assert run(tools, "-m", "--", "/bin/false").returncode == 1
    assert run(tools, "-m", "--", "/bin/true").returncode == 0
    missing = run(tools, "-m", "unix:/nonexistent/socket")
    assert missing.returncode == 2
    assert b"cannot open unix:/nonexistent/socket" in missing.stderr
    assert run(tools, "-m", "--", "/nonexistent/program").returncode == 2
    assert run(tools, "-m").returncode == 2


def test_unix_socket_with_wait_and_tcp_port(tools, tmp_path):
    path = tmp_path / "uart"
    proc = subprocess.Popen([str(tools / "facet-mux"), f"unix:{path}", "--wait", "10", "-m",
                             "-t", "3=0", "--until", "bye"], stderr=subprocess.PIPE)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.settimeout(10)
        conn, _ = server.accept()
        conn.settimeout(10)
        port = int(re.search(rb"localhost:(\d+)", proc.stderr.readline()).group(1))
        with socket.create_connection(("localhost", port), timeout=10) as client:
            client.send(b"key")
            line = b""
            while not line.endswith(b"key"):
                line += conn.recv(100)
            assert line == b"\x18\x01\x183key"
            conn.send(b"\x183bye\n")
            assert client.recv(100) == b"bye\n"
        assert proc.wait(10) == 0
        conn.close()


def test_reconnect(tools, tmp_path):
    """When the line closes and comes back, the clients stay and selections start over."""
    path = tmp_path / "uart"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.settimeout(10)
        proc = subprocess.Popen([str(tools / "facet-mux"), f"unix:{path}", "--reconnect", "-m",
                                 "-n", "1=one", "--until", "second"], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        for text in (b"\x181first\n", b"\x181second\n"):
            conn, _ = server.accept()
            conn.settimeout(10)
            assert conn.recv(100) == b"\x18\x01"
            conn.send(text)
            if b"first" in text:
                assert proc.stdout.readline() == b"one  | first\n"
            conn.close()
        out, err = proc.communicate(timeout=10)
        assert proc.returncode == 0
        assert out == b"one  | second\n"
        assert b"opening it again" in err


def test_ends_when_told(tools):
    """A signal ends facet-mux and the program it started."""
    proc = subprocess.Popen([str(tools / "facet-mux"), "-m", "--", *PEER],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert proc.stdout.readline() == b"boot | firmware speaks\n"
    child = pathlib.Path(f"/proc/{proc.pid}/task/{proc.pid}/children").read_text().split()
    proc.terminate()
    proc.wait(10)
    proc.stdout.close()
    assert child and not any(pathlib.Path(f"/proc/{pid}").exists() for pid in child)


def test_serial_device(tools, tmp_path):
    """A pty plays the serial device: raw, and nothing is echoed back."""
    master, slave = os.openpty()
    proc = subprocess.Popen([str(tools / "facet-mux"), os.ttyname(slave), "-m", "-n", "9=nine",
                             "--until", "done"], stdout=subprocess.PIPE)
    assert os.read(master, 100) == b"\x18\x01"
    os.write(master, b"\x189it is done\n")
    assert proc.wait(10) == 0
    assert proc.stdout.read() == b"nine | it is done\n"
    os.close(master)
    os.close(slave)


def test_terminal(tools):
    """Keys switch channels, go to the one on the screen, and the terminal is given back."""
    argv = ["-n", "0=hv", "-n", "1=linux", "--", *PEER]
    with pexpect.spawn(str(tools / "facet-mux"), argv, timeout=10, dimensions=(24, 80)) as term:
        term.expect("Ctrl-A h for help")
        term.expect(r"0 hv.*HV> ")
        before = termios.tcgetattr(term.child_fd)[3]
        assert not before & termios.ICANON
        term.send("\x01n")
        term.expect(r"1 linux.*login: ")
        term.send("root\r")
        term.expect("ch1 got root")
        term.send("\x010info\r")
        term.expect(r"0 hv.*ch0 got info")
        term.send("\x01m\x011\x01mx\r")
        term.expect("all channels")
        term.expect("ch1 got x")
        term.send("\x01a\x18\r")
        term.expect_exact("ch1 got \x01\x18")
        term.send("\x01l")
        term.expect(r"> 1 linux +\d+ bytes")
        term.send("\x01h")
        term.expect("next / previous channel")
        term.send("\x01x")
        term.expect(pexpect.EOF)
        term.close()
        assert term.exitstatus == 0
