# SPDX-License-Identifier: BSD-3-Clause
"""Layouts as the packer needs them: compiled from DTS, then walked as a flat tree."""

import os
import struct
import subprocess

MAGIC = 0xD00DFEED
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9


class TreeError(Exception):
    """The layout could not be compiled or read."""


def load(path, includes=()):
    """Return the flat tree in path: a DTB as it is, or a DTS through cpp and dtc."""
    try:
        with open(path, "rb") as f:
            blob = f.read()
    except OSError as e:
        raise TreeError(f"{path}: {e.strerror}") from e
    if blob[:4] == struct.pack(">I", MAGIC):
        return blob
    dirs = [os.path.dirname(os.path.abspath(path)), *includes]
    cpp = ["cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]
    cpp += [a for d in dirs for a in ("-I", d)] + [path]
    dtc = ["dtc", "-q", "-I", "dts", "-O", "dtb"] + [a for d in dirs for a in ("-i", d)] + ["-"]
    text = _run(cpp, None, path)
    return _run(dtc, text, path)


def _run(argv, data, path):
    try:
        done = subprocess.run(argv, input=data, capture_output=True, check=False)
    except OSError as e:
        raise TreeError(f"cannot run {argv[0]}: {e.strerror}") from e
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").replace("<stdin>", path).rstrip()
        raise TreeError(message or f"{path}: {argv[0]} failed")
    return done.stdout


def nodes(blob):
    """Return [(path, {property: bytes})] for every node of a flat tree, parents first."""
    try:
        return _nodes(blob)
    except (struct.error, ValueError, IndexError) as e:
        raise TreeError("the flat tree is damaged") from e


def _nodes(blob):
    _, _, pos, strings = struct.unpack_from(">4I", blob)
    found, names, open_nodes = [], [], []
    while True:
        (token,) = struct.unpack_from(">I", blob, pos)
        pos += 4
        if token == BEGIN_NODE:
            end = blob.index(b"\0", pos)
            names.append(blob[pos:end].decode())
            open_nodes.append({})
            found.append(("/".join(names) or "/", open_nodes[-1]))
            pos = (end + 4) & ~3
        elif token == END_NODE:
            names.pop()
            open_nodes.pop()
        elif token == PROP:
            length, offset = struct.unpack_from(">2I", blob, pos)
            end = blob.index(b"\0", strings + offset)
            open_nodes[-1][blob[strings + offset:end].decode()] = blob[pos + 8:pos + 8 + length]
            pos = (pos + 8 + length + 3) & ~3
        elif token == END:
            return found
        elif token != NOP:
            raise ValueError(token)


def as_strings(value):
    """Return the list of strings in a property, or None if it is not text."""
    if not value.endswith(b"\0"):
        return None
    parts = value[:-1].split(b"\0")
    if not all(p and p.isascii() and p.decode("ascii").isprintable() for p in parts):
        return None
    return [p.decode() for p in parts]


def image_names(value):
    """Return the image names in guest-image and friends; [] when it holds address tuples.

    A name may be followed by its destination and window, two cells each.
    """
    names = []
    while value:
        end = value.find(b"\0")
        part = value[:end]
        if end < 1 or not (part.isascii() and part.decode("ascii").isprintable()):
            return []
        names.append(part.decode())
        value = value[end + 1:]
        if len(value) >= 16 and not 0x20 <= value[0] < 0x7f:
            value = value[16:]
    return names
