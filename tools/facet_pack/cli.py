# SPDX-License-Identifier: BSD-3-Clause
"""The facet-pack command line."""

import argparse
import gzip
import hashlib
import os
import re
import struct
import sys
import tempfile

from . import elf, fit, tree

# Where a layout names an image. Each holds either Topaz's address tuples or names.
IMAGE_PROPS = ("load-image-table", "linux-rootfs", "guest-image")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9,._+-]*$")
ARM64_MAGIC = b"ARM\x64"
MIB = 1 << 20
PPC_BUNDLE = 0x05000000  # within what U-Boot maps, clear of its stack of images below 64 MiB

EXAMPLES = """\
examples:
  facet-pack two-linux.dts --image kernel=Image --image initrd=rootfs.cpio.gz -o bundle.itb
  qemu-system-aarch64 ... -kernel facet.bin -initrd bundle.itb

  facet-pack two-linux.dts --image ... --hv facet.bin --board virt.dtb -o facet.itb
  U-Boot: bootm ADDR#facet

  facet-pack two-linux.dts --image ... --hv hv.elf -o facet.itb          (ppc)
  U-Boot: setenv bootargs config-addr=0x5000000; bootm ADDR - ${fdtcontroladdr}

  facet-pack two-linux.dts --image ... --ramdisk -o bundle.uimg
  U-Boot: booti HYPERVISOR BUNDLE ${fdtcontroladdr}

exit status: 0 written, 1 the images and the layout do not fit together, 2 could not run
"""


class Mismatch(Exception):
    """The images given are not those the layout names."""


def wanted_images(blob):
    """Return {image name: [places that name it]} of a layout."""
    wanted = {}
    for path, props in tree.nodes(blob):
        kinds = tree.as_strings(props.get("compatible", b"")) or []
        if "partition" not in kinds:
            continue
        for prop in IMAGE_PROPS:
            for name in tree.image_names(props.get(prop, b"")):
                wanted.setdefault(name, []).append(f"{path}: {prop}")
    return wanted


def _parse_images(pairs):
    images = {}
    for pair in pairs:
        name, equals, path = pair.partition("=")
        if not equals or not path:
            raise Mismatch(f"--image {pair}: want NAME=FILE")
        if not NAME.match(name) or name in (fit.LAYOUT, "bundle"):
            raise Mismatch(f"--image {pair}: {name!r} cannot be the name of an image")
        if name in images:
            raise Mismatch(f"--image {pair}: {name} is given twice")
        if not os.path.isfile(path):
            raise Mismatch(f"--image {pair}: there is no file {path}")
        images[name] = path
    return images


def match(wanted, images):
    """Check that images and layout name the same things; every mismatch is told at once."""
    faults = []
    for name, places in wanted.items():
        if name not in images:
            faults.append(f"image {name} is missing: give --image {name}=FILE "
                          f"(named by {', '.join(places)})")
    for name, path in images.items():
        if name not in wanted:
            faults.append(f"image {name} ({path}) is not named by any partition")
    if faults:
        raise Mismatch("\n".join(faults))


def _memory_base(board):
    """Return the lowest address of RAM that a hardware tree tells."""
    found = tree.nodes(board)
    cells = struct.unpack(">I", found[0][1].get("#address-cells", b"\0\0\0\2"))[0]
    bases = [int.from_bytes(props["reg"][:4 * cells], "big") for _, props in found
             if props.get("device_type") == b"memory\0" and "reg" in props]
    if not bases:
        raise tree.TreeError("the board's tree has no memory node")
    return min(bases)


def _hv_place(args, arch):
    """Return (load, entry) of the hypervisor image."""
    if args.hv_load is not None:
        load = args.hv_load
    elif args.board:
        load = _memory_base(tree.load(args.board)) + 4 * MIB
    else:
        raise Mismatch("where is RAM? give --hv-load ADDR or --board BOARD.dtb")
    return load, load if args.hv_entry is None else args.hv_entry


def _hv_image(args, arch, scratch):
    """Return (file, load, entry) of what U-Boot shall boot."""
    with open(args.hv, "rb") as f:
        is_elf = elf.is_ppc(f.read(64))
    if not is_elf:
        return args.hv, *_hv_place(args, arch)
    if args.hv_load is not None or args.hv_entry is not None:
        raise Mismatch("an ELF file says itself where it goes: no --hv-load, no --hv-entry")
    image, load, entry = elf.flatten(args.hv)
    flat = os.path.join(scratch, "hv.bin.gz")  # mostly the gap between text and data
    with open(flat, "wb") as f:
        f.write(gzip.compress(image, mtime=0))
    return flat, load, entry


def _arch_of(hv):
    with open(hv, "rb") as f:
        head = f.read(64)
    if head[56:60] == ARM64_MAGIC:
        return "arm64"
    if elf.is_ppc(head):
        return "ppc"
    if head[:4] == b"\x7fELF":
        raise Mismatch(f"{hv} is an ELF file: U-Boot wants the binary image")
    return None


def _number(text):
    return int(text, 0)


def _parser():
    p = argparse.ArgumentParser(
        prog="facet-pack", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Put a layout and the images it names into one FIT.")
    p.add_argument("layout", metavar="LAYOUT", help="partition layout, DTS or DTB")
    p.add_argument("-o", "--output", metavar="FILE", help="the FIT to write")
    p.add_argument("-i", "--image", action="append", default=[], metavar="NAME=FILE",
                   help="an image, by the name the layout uses")
    p.add_argument("-I", "--include", action="append", default=[], metavar="DIR",
                   help="search for included layouts here too")
    p.add_argument("--arch", choices=("arm64", "ppc"), help="architecture (default: from --hv)")
    p.add_argument("--hv", metavar="FILE",
                   help="hypervisor, arm64 binary or ppc ELF: write one bootable FIT for U-Boot's bootm")
    p.add_argument("--hv-load", type=_number, metavar="ADDR",
                   help="load it here (default: 4 MiB above the start of RAM; ELF: where it says)")
    p.add_argument("--hv-entry", type=_number, metavar="ADDR", help="enter it here (the same)")
    p.add_argument("--bundle-load", type=_number, metavar="ADDR",
                   help="make the bundle a loadable for this address, for config-addr= "
                        f"(default with a ppc hypervisor: {PPC_BUNDLE:#x})")
    p.add_argument("--ramdisk", action="store_true",
                   help="wrap the bundle as a legacy RAM disk, for U-Boot's booti")
    p.add_argument("--board", metavar="FILE", help="hardware tree (DTB) to boot with")
    p.add_argument("--sign", nargs=2, metavar=("DIR", "KEY"),
                   help="sign the bootable FIT with DIR/KEY.key (RSA 2048)")
    p.add_argument("--list", action="store_true", help="print the image names the layout uses")
    p.add_argument("-q", "--quiet", action="store_true", help="no table of contents")
    return p


def _epoch(args, images):
    """A date that depends on the inputs only, so that equal inputs give equal files."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if fixed:
        return int(fixed)
    paths = [args.layout, *images.values()] + [p for p in (args.hv, args.board) if p]
    return int(max(os.path.getmtime(p) for p in paths))


def _print_contents(out, rows):
    width = max(len(name) for name, _ in rows)
    for name, path in rows:
        with open(path, "rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest()
        print(f"  {name:<{width}}  {os.path.getsize(path):>10}  {digest[:16]}  {path}")
    print(f"{out}: {os.path.getsize(out)} bytes")


def _pack(args):
    blob = tree.load(args.layout, args.include)
    wanted = wanted_images(blob)
    if args.list:
        print("\n".join(wanted))
        return
    if not args.output:
        raise Mismatch("want -o FILE")
    if args.hv and args.ramdisk:
        raise Mismatch("--hv and --ramdisk are two ways to boot: choose one")
    if args.sign and not args.hv:
        raise Mismatch("--sign wants --hv: U-Boot verifies what it boots")
    images = _parse_images(args.image)
    match(wanted, images)
    arch = args.arch or (_arch_of(args.hv) if args.hv else None) or "arm64"
    epoch = _epoch(args, images)
    with tempfile.TemporaryDirectory() as scratch:
        layout_dtb = os.path.join(scratch, "layout.dtb")
        with open(layout_dtb, "wb") as f:
            f.write(blob)
        is_final = not (args.hv or args.ramdisk)
        bundle = args.output if is_final else os.path.join(scratch, "bundle.itb")
        fit.write_bundle(bundle, layout_dtb, list(images.items()), arch, epoch)
        if args.hv:
            place = args.bundle_load
            if place is None and arch == "ppc":
                place = PPC_BUNDLE
            fit.write_bootable(args.output, (bundle, place), _hv_image(args, arch, scratch), arch,
                               epoch, args.board, args.sign)
        if args.ramdisk:
            fit.write_ramdisk(args.output, bundle, arch, epoch)
        if not args.quiet:
            rows = [("hv", args.hv)] if args.hv else []
            rows += [("board", args.board)] if args.board and args.hv else []
            _print_contents(args.output, rows + [(fit.LAYOUT, args.layout), *images.items()])


def main(argv=None):
    """Run facet-pack; return its exit status."""
    args = _parser().parse_args(argv)
    try:
        _pack(args)
    except Mismatch as e:
        for line in str(e).split("\n"):
            print(f"facet-pack: {line}", file=sys.stderr)
        return 1
    except (tree.TreeError, fit.PackError, elf.ElfError, OSError) as e:
        print(f"facet-pack: {e}", file=sys.stderr)
        return 2
    return 0
