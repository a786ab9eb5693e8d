#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""loaders.py MODEL FOLDER: one program as uImage and FIT, plain and gzip, and data in the flash.

The program is directed/x-engine; choice 10 ends it with a failure, so exit 1 shows that it really
ran, choice 29 compares words of
the flash, choice 30 uses the spin table. Headers are made here from the formats'
definitions, not by the model's code.
"""
import gzip
import os
import struct
import subprocess
import sys
import zlib

BASE = 0x100000  # directed/link.ld


def uimage(data, packed):
    """A legacy image: 64 bytes of header, big-endian."""
    fields = [0x27051956, 0, 0, len(data), BASE, BASE, zlib.crc32(data)]
    tail = struct.pack(">4B32s", 5, 7, 2, 1 if packed else 0, b"engine")
    crc = zlib.crc32(struct.pack(">7I", *fields) + tail)
    fields[1] = crc
    return struct.pack(">7I", *fields) + tail + data


def fit(folder, name, packed):
    """An image tree with one kernel in its default configuration, the second of two."""
    its = f"{folder}/{name}.its"
    with open(its, "w") as out:
        out.write(f"""/dts-v1/;
/ {{
	#address-cells = <1>;
	images {{
		wrong {{ data = [00]; type = "kernel"; compression = "none"; load = <0>; entry = <0>; }};
		right {{
			data = /incbin/("{os.path.abspath(folder)}/{name}.data");
			type = "kernel";
			compression = "{'gzip' if packed else 'none'}";
			load = <{BASE:#x}>;
			entry = <{BASE:#x}>;
		}};
	}};
	configurations {{
		default = "conf2";
		conf1 {{ kernel = "wrong"; }};
		conf2 {{ kernel = "right"; }};
	}};
}};
""")
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", f"{folder}/{name}.img", its], check=True)


def main():
    model, folder = sys.argv[1:3]
    elf = f"{folder}/directed/x/engine.elf"
    work = f"{folder}/loaders"
    os.makedirs(work, exist_ok=True)
    subprocess.run(["powerpc-linux-gnu-objcopy", "-O", "binary", elf, f"{work}/raw"], check=True)
    raw = open(f"{work}/raw", "rb").read()
    packed = gzip.compress(raw, mtime=0)
    bad = 0

    def put(name, data):
        with open(f"{work}/{name}", "wb") as out:
            out.write(data)

    def expect(what, image, choice, code, *options):
        nonlocal bad
        got = subprocess.run([model, "--log", "0", "--limit", "5000000", "--ccsr",
                              f"0x130000={choice}", *options, f"{work}/{image}"],
                             capture_output=True, timeout=60).returncode
        print(f"PASS p4080-loaders {what}" if got == code else
              f"FAIL p4080-loaders {what}: exit {got}, not {code}")
        bad += got != code

    put("uimage.img", uimage(raw, False))
    put("uimage-gz.img", uimage(packed, True))
    put("short.img", uimage(raw, False)[:-100])
    put("broken.img", uimage(packed[:-100], True))
    put("fit.data", raw)
    put("fit-gz.data", packed)
    fit(work, "fit", False)
    fit(work, "fit-gz", True)
    for name in ("uimage", "uimage-gz", "fit", "fit-gz"):
        expect(f"{name} runs", name + ".img", 0, 0)
        expect(f"{name} runs the program", name + ".img", 10, 1)
    expect("uimage cut short is refused", "short.img", 0, 2)
    expect("damaged gzip is refused", "broken.img", 0, 2)
    put("flash", bytes.fromhex("5ca1ab1e0badcafe"))
    expect("flash contents at their offset", "uimage.img", 29, 0, "--flash", f"0x20000={work}/flash")
    expect("flash without contents", "uimage.img", 29, 1)
    board = ["--cores", "2", "--dtb", f"{folder}/dtb/p4080ds.dtb"]
    expect("spin table, and back into it by reset", "uimage.img", 30, 0, *board)
    expect("no spin table without a tree", "uimage.img", 30, 3, "--cores", "2")
    return bad != 0


sys.exit(main())
