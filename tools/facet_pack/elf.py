# SPDX-License-Identifier: BSD-3-Clause
"""The memory image of a 32-bit big-endian ELF file, as U-Boot wants a kernel: ppc hypervisors."""

import struct

PT_LOAD = 1
EM_PPC = 20


class ElfError(Exception):
    """The file is no executable for ppc, or is damaged."""


def is_ppc(head):
    """Whether a file that begins so is a 32-bit big-endian ELF for PowerPC."""
    return head[:6] == b"\x7fELF\x01\x02" and int.from_bytes(head[18:20], "big") == EM_PPC


def flatten(path):
    """Return (bytes, load, entry), both addresses physical."""
    with open(path, "rb") as f:
        blob = f.read()
    try:
        entry, at = struct.unpack_from(">II", blob, 24)
        size, count = struct.unpack_from(">HH", blob, 42)
        heads = [struct.unpack_from(">8I", blob, at + n * size) for n in range(count)]
    except struct.error as e:
        raise ElfError(f"{path}: the ELF headers are cut off") from e
    loads = [h for h in heads if h[0] == PT_LOAD and h[4]]
    if not is_ppc(blob[:64]) or not loads:
        raise ElfError(f"{path}: not an executable for ppc")
    base = min(h[3] for h in loads)
    image = bytearray(max(h[3] + h[4] for h in loads) - base)
    start = None
    for _, offset, virtual, physical, in_file, _, _, _ in loads:
        data = blob[offset:offset + in_file]
        if len(data) < in_file:
            raise ElfError(f"{path}: a segment is cut off")
        image[physical - base:physical - base + in_file] = data
        if virtual <= entry < virtual + in_file:
            start = entry - virtual + physical
    if start is None:
        raise ElfError(f"{path}: the entry lies in no segment")
    return bytes(image), base, start
