# SPDX-License-Identifier: BSD-3-Clause
"""The two FITs: the bundle the hypervisor reads, and the one file that U-Boot boots.

A bundle is a flat tree made by mkimage with the data inline, so libfdt reads it where it lies:

    /images/layout      the partition tree
    /images/NAME        an image, by the name the layout uses
    /configurations     for U-Boot's and dumpimage's eyes only

U-Boot cannot tell the hypervisor where a FIT's loadables went, but it hands over a ramdisk as
/chosen/linux,initrd-*, which is where the hypervisor looks. So the bootable FIT has the hypervisor
as its kernel and the whole bundle as its ramdisk, or as a loadable for an address that the
hypervisor is told by config-addr= (ppc, where U-Boot would move a ramdisk as it likes).
"""

import os
import subprocess
import tempfile

LAYOUT = "layout"
CONFIG = "facet"

NODE = """\
		{name} {{
			description = "{text}";
			data = /incbin/("{path}");
			type = "{kind}";
			arch = "{arch}";
{extra}\
			compression = "{compression}";
			hash-1 {{ algo = "crc32"; }};
			hash-2 {{ algo = "sha256"; }};
		}};
"""

SIGNATURE = """\
			signature-1 {{
				algo = "sha256,rsa2048";
				key-name-hint = "{hint}";
				sign-images = {images};
			}};
"""


class PackError(Exception):
    """The FIT could not be made."""


class Part:
    """One image node."""

    def __init__(self, name, path, kind, text, load=None, entry=None, compression="none"):
        self.name = name
        self.path = path
        self.kind = kind
        self.text = text
        self.load = load
        self.entry = entry
        self.compression = compression

    def node(self, arch):
        """Return the node's source text."""
        extra = ""
        if self.kind in ("kernel", "ramdisk"):
            extra += '\t\t\tos = "linux";\n'
        for prop, value in (("load", self.load), ("entry", self.entry)):
            if value is not None:
                extra += f"\t\t\t{prop} = <{_cells(value)}>;\n"
        return NODE.format(name=self.name, text=self.text, path=_quoted(self.path),
                           kind=self.kind, arch=arch, extra=extra, compression=self.compression)


def _cells(value):
    return f"{value:#x}" if value < 1 << 32 else f"{value >> 32:#x} {value & 0xffffffff:#x}"


def _quoted(path):
    return os.path.abspath(path).replace("\\", "\\\\").replace('"', '\\"')


def _list(names):
    return ", ".join(f'"{n}"' for n in names)


def _source(parts, config, arch, text, key=None):
    lines = "".join(f"\t\t\t{prop} = {_list(names)};\n" for prop, names in config if names)
    if key:
        signed = [prop for prop, names in config if names]
        lines += SIGNATURE.format(hint=key[1], images=_list(signed))
    return (f'/dts-v1/;\n\n/ {{\n\tdescription = "{text}";\n\t#address-cells = <1>;\n\n'
            "\timages {\n" + "".join(p.node(arch) for p in parts) + "\t};\n\n"
            f'\tconfigurations {{\n\t\tdefault = "{CONFIG}";\n\t\t{CONFIG} {{\n'
            f'\t\t\tdescription = "{text}";\n{lines}\t\t}};\n\t}};\n}};\n')


def _run(argv, epoch):
    env = dict(os.environ, SOURCE_DATE_EPOCH=str(epoch))
    try:
        done = subprocess.run(argv, capture_output=True, env=env, check=False)
    except OSError as e:
        raise PackError(f"cannot run {argv[0]}: {e.strerror}") from e
    if done.returncode:
        detail = (done.stderr + done.stdout).decode("utf-8", "replace").strip()
        raise PackError(f"{argv[0]} failed:\n{detail}")


def _mkimage(source, out, epoch, key=None):
    with tempfile.NamedTemporaryFile("w", suffix=".its") as its:
        its.write(source)
        its.flush()
        sign = ["-k", key[0], "-r"] if key else []
        _run(["mkimage", "-f", its.name, *sign, out], epoch)


def write_bundle(out, layout_dtb, images, arch, epoch, text="Facet bundle"):
    """Write the bundle: layout_dtb is a file, images a list of (name, file)."""
    parts = [Part(LAYOUT, layout_dtb, "flat_dt", "partition layout")]
    parts += [Part(name, path, "firmware", os.path.basename(path)) for name, path in images]
    config = [("fdt", [LAYOUT]), ("loadables", [name for name, _ in images])]
    _mkimage(_source(parts, config, arch, text), out, epoch)


def write_ramdisk(out, bundle, arch, epoch, text="Facet bundle"):
    """Wrap a bundle as a legacy RAM disk: U-Boot's booti would look for one inside a bare FIT."""
    _run(["mkimage", "-A", arch, "-O", "linux", "-T", "ramdisk", "-C", "none", "-n", text,
          "-d", bundle, out], epoch)


def write_bootable(out, bundle, hv, arch, epoch, board=None, key=None, text="Facet"):
    """Write the one-file FIT for bootm: hv is (file, load, entry), gzipped when the file's name
    says so, key (folder, name) to sign.

    bundle is (file, load): a loadable for that address, or without one a RAM disk.
    """
    path, load, entry = hv
    kind, role = ("ramdisk", "ramdisk") if bundle[1] is None else ("firmware", "loadables")
    packed = "gzip" if path.endswith(".gz") else "none"
    parts = [Part("hv", path, "kernel", "hypervisor", load, entry, packed),
             Part("bundle", bundle[0], kind, "layout and images", bundle[1])]
    config = [("kernel", ["hv"]), (role, ["bundle"])]
    if board:
        parts.append(Part("board", board, "flat_dt", "hardware tree"))
        config.append(("fdt", ["board"]))
    _mkimage(_source(parts, config, arch, text, key), out, epoch, key)
