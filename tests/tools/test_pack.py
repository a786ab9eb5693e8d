# SPDX-License-Identifier: BSD-3-Clause
"""facet-pack: the bundle's shape, every mismatch, and U-Boot booting the one-file FIT."""

import gzip
import os
import pathlib
import struct
import subprocess

import pytest

from facet_mux import RAW, Mux
from facet_pack import tree

HERE = pathlib.Path(__file__).parent
UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
CROSS = "aarch64-linux-gnu-"

LAYOUT = """\
/dts-v1/;
#include "part.dtsi"
/ {
	part2 {
		compatible = "partition";
		cpus = <2 1>;
		guest-image = <0 0x40000000 0 0x1000 0 0x2000>;
		load-image-table = "bare", <0xffffffff 0xffffffff 0 0x1000>, "more";
	};
};
"""
INCLUDED = """\
/ {
	part1 {
		compatible = "partition";
		cpus = <0 2>;
		guest-image = "kernel", <0 0x40200000 0 0x100000>;
		linux-rootfs = "initrd";
	};
	other {
		guest-image = "not-a-partition";
	};
};
"""


@pytest.fixture
def work(tmp_path):
    """A folder with a layout and three images."""
    (tmp_path / "two.dts").write_text(LAYOUT)
    (tmp_path / "part.dtsi").write_text(INCLUDED)
    for name, size in (("kernel", 300001), ("initrd", 5000), ("bare", 77),
                       ("more", 1)):
        (tmp_path / name).write_bytes(os.urandom(size))
    return tmp_path


ALL = ["-i", "kernel=kernel", "-i", "initrd=initrd", "-i", "bare=bare", "-i", "more=more"]


def pack(tools, work, *args):
    """Run facet-pack in the folder."""
    return subprocess.run([str(tools / "facet-pack"), *args], cwd=work, capture_output=True,
                          text=True, timeout=60, check=False)


def image_data(fit):
    """Return {name: data} of a FIT's images."""
    return {path.split("/")[2]: props["data"] for path, props in tree.nodes(fit.read_bytes())
            if path.count("/") == 2 and path.startswith("/images/")}


def test_bundle_holds_layout_and_images(tools, work):
    done = pack(tools, work, "two.dts", *ALL, "-o", "b.itb")
    assert done.returncode == 0, done.stderr
    data = image_data(work / "b.itb")
    assert sorted(data) == ["bare", "initrd", "kernel", "layout", "more"]
    for name in ("kernel", "initrd", "bare", "more"):
        assert data[name] == (work / name).read_bytes()
    paths = [path for path, _ in tree.nodes(data["layout"])]
    assert "/part1" in paths and "/part2" in paths
    listing = subprocess.run(["dumpimage", "-l", "b.itb"], cwd=work, capture_output=True,
                             text=True, check=True).stdout
    assert listing.count("Hash algo:    sha256") == 5
    assert "Default Configuration: 'facet'" in listing
    got = subprocess.run(["dumpimage", "-T", "flat_dt", "-p", "1", "-o", "out", "b.itb"],
                         cwd=work, capture_output=True, check=False)
    assert got.returncode == 0
    assert (work / "out").read_bytes() == data["kernel"]


def test_equal_inputs_equal_bundles(tools, work):
    for name in ("one.itb", "two.itb"):
        assert pack(tools, work, "two.dts", *ALL, "-o", name).returncode == 0
    assert (work / "one.itb").read_bytes() == (work / "two.itb").read_bytes()


def test_compiled_layout(tools, work):
    (work / "two.dtb").write_bytes(tree.load(str(work / "two.dts")))
    assert pack(tools, work, "two.dtb", *ALL, "-o", "b.itb").returncode == 0
    assert image_data(work / "b.itb")["layout"] == (work / "two.dtb").read_bytes()


def test_list(tools, work):
    done = pack(tools, work, "two.dts", "--list")
    assert sorted(done.stdout.split()) == ["bare", "initrd", "kernel", "more"]


def test_all_mismatches_at_once(tools, work):
    done = pack(tools, work, "two.dts", "-i", "kernel=kernel", "-i", "extra=bare", "-o", "b.itb")
    assert done.returncode == 1
    assert done.stderr == (
        "facet-pack: image initrd is missing: give --image initrd=FILE "
        "(named by /part1: linux-rootfs)\n"
        "facet-pack: image bare is missing: give --image bare=FILE "
        "(named by /part2: load-image-table)\n"
        "facet-pack: image more is missing: give --image more=FILE "
        "(named by /part2: load-image-table)\n"
        "facet-pack: image extra (bare) is not named by any partition\n")
    assert not (work / "b.itb").exists()


@pytest.mark.parametrize("args, word", [
    (["-i", "kernel"], "want NAME=FILE"),
    (["-i", "layout=bare"], "cannot be the name"),
    (["-i", "a/b=bare"], "cannot be the name"),
    (["-i", "kernel=absent"], "there is no file"),
    (["-i", "kernel=bare", "-i", "kernel=bare"], "given twice"),
    ([*ALL, "--sign", "keys", "dev"], "wants --hv"),
    ([*ALL, "--hv", "bare", "--ramdisk"], "choose one"),
    ([*ALL, "--hv", "bare", "--arch", "arm64"], "where is RAM?"),
])
def test_bad_arguments(tools, work, args, word):
    done = pack(tools, work, "two.dts", *args, "-o", "b.itb")
    assert done.returncode == 1
    assert word in done.stderr


def test_could_not_run(tools, work):
    (work / "bad.dts").write_text("/dts-v1/;\n/ { a = <1>\n};\n")
    (work / "cut.dtb").write_bytes(tree.load(str(work / "two.dts"))[:200])
    for layout, word in (("bad.dts", "bad.dts:3"), ("absent.dts", "No such file"),
                         ("cut.dtb", "damaged")):
        done = pack(tools, work, layout, *ALL, "-o", "b.itb")
        assert done.returncode == 2
        assert word in done.stderr


# ---------------------------------------------------------------------- a ppc hypervisor is an ELF


def elf_file(segments, entry):
    """A 32-bit big-endian ELF: segments are (virtual, physical, data, size in memory)."""
    at = 52 + 32 * len(segments)
    heads = b""
    for virtual, physical, data, size in segments:
        heads += struct.pack(">8I", 1, at, virtual, physical, len(data), size, 7, 4)
        at += len(data)
    head = b"\x7fELF\x01\x02\x01" + bytes(9) + struct.pack(
        ">HHIIIIIHHHHHH", 2, 20, 1, entry, 52, 0, 0, 52, 32, len(segments), 40, 0, 0)
    return head + heads + b"".join(data for _, _, data, _ in segments)


def test_elf(tools, work):
    """Segments go to their physical addresses, the entry is translated, the bundle has a place."""
    (work / "hv.elf").write_bytes(elf_file([(0xf0100000, 0x100000, b"text" * 8, 32),
                                            (0xf0100100, 0x100100, b"data", 99)], 0xf0100010))
    done = pack(tools, work, "two.dts", *ALL, "--hv", "hv.elf", "-o", "boot.itb")
    assert done.returncode == 0, done.stderr
    nodes = dict(tree.nodes((work / "boot.itb").read_bytes()))
    hv = nodes["/images/hv"]
    assert gzip.decompress(hv["data"]) == b"text" * 8 + bytes(0x100 - 32) + b"data"
    assert hv["load"] == struct.pack(">I", 0x100000) and hv["entry"] == struct.pack(">I", 0x100010)
    assert hv["compression"] == b"gzip\0" and hv["arch"] == b"ppc\0"
    assert nodes["/images/bundle"]["load"] == struct.pack(">I", 0x5000000)
    assert nodes["/configurations/facet"]["loadables"] == b"bundle\0"
    assert "ramdisk" not in nodes["/configurations/facet"]


@pytest.mark.parametrize("blob, args, status, word", [
    (elf_file([(0, 0, b"text", 4)], 0), ["--hv-load", "0"], 1, "says itself"),
    (elf_file([(0, 0, b"text", 4)], 4), [], 2, "entry lies in no segment"),
    (elf_file([], 0), [], 2, "not an executable"),
    (elf_file([(0, 0, b"text", 4)], 0)[:-1], [], 2, "cut off"),
    (elf_file([(0, 0, b"text", 4)], 0)[:60], [], 2, "cut off"),
])
def test_bad_elf(tools, work, blob, args, status, word):
    (work / "hv.elf").write_bytes(blob)
    done = pack(tools, work, "two.dts", *ALL, "--hv", "hv.elf", *args, "-o", "boot.itb")
    assert done.returncode == status
    assert word in done.stderr


# ---------------------------------------------------------------------- U-Boot


@pytest.fixture
def probe(work):
    """A kernel that prints what U-Boot handed over."""
    src = HERE / "probe"
    subprocess.run([CROSS + "gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding",
                    "-mgeneral-regs-only", "-mstrict-align", "-fno-pic", "-fno-stack-protector",
                    "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", f"-Wl,-T,{src}/probe.lds",
                    str(src / "head.S"), str(src / "probe.c"), "-o", work / "probe.elf"],
                   check=True)
    subprocess.run([CROSS + "objcopy", "-O", "binary", work / "probe.elf", work / "probe.bin"],
                   check=True)
    return work / "probe.bin"


def boot(work, command, *more):
    """Boot under U-Boot with a command; return what came over the line."""
    (work / "env.txt").write_text(f"bootdelay=-2\nbootcmd={command}\n")
    subprocess.run(["mkenvimage", "-s", "0x40000", "-o", work / "env.img", work / "env.txt"],
                   check=True)
    os.truncate(work / "env.img", 64 << 20)
    argv = ["qemu-system-aarch64", "-M", "virt,virtualization=on", "-cpu", "cortex-a57",
            "-m", "512M", "-nic", "none", "-display", "none", "-monitor", "none",
            "-serial", "stdio", "-bios", UBOOT,
            "-drive", f"if=pflash,unit=1,format=raw,readonly=on,file={work}/env.img",
            "-device", f"loader,file={work}/boot.itb,addr=0x50000000,force-raw=on",
            *more]
    with Mux.start(argv, raw=True) as mux:
        mux.channel(RAW).expect([r"probe: ramdisk [^\n]*\n", r"=> "], timeout=60)
        return mux.channel(RAW).text


@pytest.mark.parametrize("with_board", [False, True])
def test_uboot_boots_the_one_file(tools, work, probe, with_board):
    """The hypervisor runs and is handed the very bundle, hashes checked on the way."""
    board = work / "virt.dtb"
    subprocess.run(["qemu-system-aarch64", "-M", f"virt,virtualization=on,dumpdtb={board}",
                    "-cpu", "cortex-a57", "-m", "512M", "-nic", "none", "-display", "none"],
                   check=True, capture_output=True)
    args = ["--board", str(board)] if with_board else ["--hv-load", "0x40400000"]
    done = pack(tools, work, "two.dts", *ALL, "--hv", str(probe), *args, "-o", "boot.itb")
    assert done.returncode == 0, done.stderr
    text = boot(work, "bootm 0x50000000#facet" if with_board else
                "bootm 0x50000000#facet 0x50000000#facet ${fdtcontroladdr}")
    bundle = image_data(work / "boot.itb")["bundle"]
    assert "sha256+ OK" in text
    assert (f"probe: ramdisk magic 00000000d00dfeed size {len(bundle):016x} "
            f"sum {sum(bundle):016x}") in text, text[-3000:]
    assert image_data_bytes(bundle) == {n: (work / n).read_bytes()
                                        for n in ("kernel", "initrd", "bare", "more")}


def test_uboot_booti_with_a_wrapped_bundle(tools, work, probe):
    """Hypervisor, bundle and tree as separate files."""
    done = pack(tools, work, "two.dts", *ALL, "--ramdisk", "-o", "boot.itb")
    assert done.returncode == 0, done.stderr
    text = boot(work, "booti 0x5c000000 0x50000000 ${fdtcontroladdr}",
                "-device", f"loader,file={probe},addr=0x5c000000,force-raw=on")
    bundle = (work / "boot.itb").read_bytes()[64:]
    assert (f"probe: ramdisk magic 00000000d00dfeed size {len(bundle):016x} "
            f"sum {sum(bundle):016x}") in text, text[-3000:]


def image_data_bytes(fit):
    """Return {name: data} of the images but the layout in a FIT's bytes."""
    return {path.split("/")[2]: props["data"] for path, props in tree.nodes(fit)
            if path.count("/") == 2 and path.startswith("/images/") and path != "/images/layout"}


def test_signature(tools, work, probe):
    """The bootable FIT carries a signature over everything that is booted."""
    (work / "keys").mkdir()
    key = work / "keys/dev.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                    "-out", key], check=True, capture_output=True)
    done = pack(tools, work, "two.dts", *ALL, "--hv", str(probe), "--hv-load", "0x40400000",
                "--sign", "keys", "dev", "-o", "signed.itb")
    assert done.returncode == 0, done.stderr
    nodes = dict(tree.nodes((work / "signed.itb").read_bytes()))
    signature = nodes["/configurations/facet/signature-1"]
    assert len(signature["value"]) == 256
    assert tree.as_strings(signature["sign-images"]) == ["kernel", "ramdisk"]
    hashed = tree.as_strings(signature["hashed-nodes"])
    for name in ("hv", "bundle"):
        assert any(path.startswith(f"/images/{name}") for path in hashed)
