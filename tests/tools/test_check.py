# SPDX-License-Identifier: BSD-3-Clause
"""facet-check: places of findings, dtc's errors, views, exit status, speed."""

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import pexpect
import pytest

from facet_pack import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FACET_BUILD", ROOT / "build"))
CHECK = str(BUILD / "host/san/facet-check")
FAST = str(BUILD / "host/facet-check")
SVG = "{http://www.w3.org/2000/svg}"

LAYOUT = """\
/dts-v1/;
#include "areas.dtsi"
/include/ "hv.dtsi"
#define CELL(x) 0 x
/ {
	linux {
		compatible = "partition";
		label = "linux";
		cpus = <0 2>;
		guest-image = "kernel";
		mem {
			compatible = "guest-phys-mem-area";
			phys-mem = <&linux_pma>;
			guest-addr = <CELL(0x40000000)>;
		};
		console: console {
			compatible = "virtual-uart";
			guest-addr = <0 0x9000000>;
			endpoint = <&mux>;
			mux-channel = <1>;
		};
	};

	bare {
		compatible = "partition";
		label = "bare";
		cpus = <2 1>;
		guest-image = "bare";
		mem {
			compatible = "guest-phys-mem-area";
			phys-mem = <&bare_pma>;
			guest-addr = <0 0x40000000>;
		};
		shm {
			compatible = "guest-phys-mem-area";
			phys-mem = <&shm_pma>;
			guest-addr = <0 0x90000000>;
		};
		ring {
			compatible = "send-doorbell";
			global-doorbell = <&bell>;
		};
	};

	bell: bell {
		compatible = "doorbell";
	};
};
/ {
	linux {
		shm {
			compatible = "guest-phys-mem-area";
			phys-mem = <&shm_pma>;
			guest-addr = <0 0x90000000>;
		};
		rung {
			compatible = "receive-doorbell";
			global-doorbell = <&bell>;
		};
	};
};
"""
AREAS = """\
/ {
	areas {
		linux_pma: linux {
			compatible = "phys-mem-area";
			addr = <0 0x50000000>;
			size = <0 0x20000000>;
		};
		bare_pma: bare {
			compatible = "phys-mem-area";
			addr = <0 0x70000000>;
			size = <0 0x10000000>;
		};
		shm_pma: shm {
			compatible = "phys-mem-area";
			addr = <0 0x80000000>;
			size = <0 0x100000>;
		};
		hv_pma: hv {
			compatible = "phys-mem-area";
			addr = <0 0x40000000>;
			size = <0 0x10000000>;
		};
	};
};
"""
HV = """\
/ {
	hv {
		compatible = "hv-config";
		stdout = <&hvcon>;
		memory {
			compatible = "hv-memory";
			phys-mem = <&hv_pma>;
		};
		uart: uart {
			device = "/pl011@9000000";
		};
		hvcon: console {
			compatible = "byte-channel";
			endpoint = <&mux>;
			mux-channel = <0>;
		};
	};
	mux: mux {
		compatible = "byte-channel-mux";
		endpoint = <&uart>;
	};
};
"""


@pytest.fixture(scope="session")
def virt(tmp_path_factory):
    """The hardware tree of QEMU's virt board."""
    path = tmp_path_factory.mktemp("board") / "virt.dtb"
    subprocess.run(["qemu-system-aarch64", "-M",
                    f"virt,virtualization=on,gic-version=3,dumpdtb={path}", "-cpu", "cortex-a57",
                    "-smp", "4", "-m", "2G", "-nic", "none", "-display", "none"],
                   check=True, capture_output=True)
    return path


@pytest.fixture
def work(tmp_path):
    """A folder with a sound layout in three files."""
    (tmp_path / "two.dts").write_text(LAYOUT)
    (tmp_path / "areas.dtsi").write_text(AREAS)
    (tmp_path / "hv.dtsi").write_text(HV)
    return tmp_path


def change(work, name, old, new):
    """Edit a file of the layout; return the line number of the change."""
    text = (work / name).read_text()
    assert text.count(old) >= 1, old
    (work / name).write_text(text.replace(old, new, 1))
    return text[:text.index(old)].count("\n") + 1


def check(work, virt, *args, layout="two.dts", program=CHECK):
    """Run facet-check in the folder."""
    return subprocess.run([program, layout, "--board", str(virt), *args], cwd=work,
                          capture_output=True, text=True, errors="replace", timeout=60,
                          check=False)


def findings(done, kind="error"):
    """The lines of one kind in what it said."""
    return [line for line in done.stderr.splitlines() if f" {kind}: " in line]


# ---------------------------------------------------------------------- a sound layout


def test_sound_layout(work, virt):
    done = check(work, virt)
    assert findings(done) == []
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert re.search(r"^two\.dts: 2 partitions, 0 errors, \d+ warnings?$", done.stderr, re.M)


def test_compiled_layout_gives_paths_instead_of_lines(work, virt):
    change(work, "two.dts", "cpus = <2 1>", "cpus = <1 1>")
    (work / "two.dtb").write_bytes(tree.load(str(work / "two.dts")))
    done = check(work, virt, layout="two.dtb")
    assert done.returncode == 1
    assert findings(done)[0].startswith("two.dtb:/bare: error: ")
    assert findings(done)[0].endswith(" [cpu-taken]")


# ---------------------------------------------------------------------- places


def test_finding_at_property_with_caret_and_note(work, virt):
    line = change(work, "two.dts", "cpus = <2 1>", "cpus = <1 1>")
    done = check(work, virt)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    at = next(i for i, text in enumerate(lines) if "[cpu-taken]" in text)
    assert lines[at].startswith(f"two.dts:{line}:3: error: ")
    assert lines[at + 1] == f"{line:5} |                 cpus = <1 1>;"
    assert lines[at + 2] == "      |                 ^~~~~~~~~~~~~"
    assert lines[at + 3] == "two.dts:6:2: note: /linux is here"
    assert lines[at + 4] == "    6 |         linux {"
    assert lines[at + 5] == "      |         ^~~~~"
    assert lines[-1].endswith("would not start: bare")


def test_finding_in_an_included_file(work, virt):
    line = change(work, "areas.dtsi", "addr = <0 0x70000000>", "addr = <0 0x60000000>")
    done = check(work, virt)
    assert done.returncode == 1
    hit = [text for text in findings(done) if "[area-overlap]" in text]
    assert len(hit) == 1
    assert re.match(rf"areas\.dtsi:({line - 2}|{line}|4|5|3):\d+: error: ", hit[0]), hit


def test_finding_in_a_node_written_twice(work, virt):
    """The value that counts is the last; so is the place."""
    text = (work / "two.dts").read_text() + "/ { bare { cpus = <77 1>; }; };\n"
    (work / "two.dts").write_text(text)
    done = check(work, virt)
    hit = [line for line in findings(done) if "[cpu-unknown]" in line]
    assert hit and hit[0].startswith(f"two.dts:{text.count(chr(10))}:12: error: ")


def test_all_findings_in_one_run(work, virt):
    change(work, "two.dts", "cpus = <2 1>", "cpus = <1 1>")
    change(work, "two.dts", "mux-channel = <1>", "mux-channel = <0>")
    change(work, "hv.dtsi", "/pl011@9000000", "/pl011@9000001")
    change(work, "two.dts", "guest-addr = <0 0x90000000>", "guest-addr = <0 0x40000000>")
    done = check(work, virt)
    said = " ".join(findings(done) + findings(done, "warning"))
    for name in ("cpu-taken", "device-unknown", "guest-overlap"):
        assert f"[{name}]" in said, said
    assert "did you mean" in said


def test_findings_come_in_the_order_of_the_file(work, virt):
    change(work, "two.dts", "cpus = <0 2>", "cpus = <0 9>")
    change(work, "two.dts", "cpus = <2 1>", "cpus = <1 1>")
    done = check(work, virt)
    numbers = [int(m.group(1)) for line in done.stderr.splitlines()
               if (m := re.match(r"two\.dts:(\d+):\d+: (?:error|warning)", line))]
    assert len(numbers) >= 2 and numbers == sorted(numbers)


# ---------------------------------------------------------------------- the text itself


@pytest.mark.parametrize("old, new, expected", [
    ("cpus = <2 1>;", "cpus = <2 1>",
     ["two.dts:{next}:3: error: this does not belong here [dts-syntax]",
      "two.dts:{line}:15: note: a ';' may be missing here"]),
    ("&bare_pma", "&bare_pna",
     ["two.dts:{line}:16: error: there is no node with the label bare_pna; "
      "did you mean &bare_pma? [dts-label]"]),
    ('#include "areas.dtsi"', '#include "area.dtsi"',
     ["two.dts:2:10: error: area.dtsi: No such file or directory [dts-include]"]),
    ('/include/ "hv.dtsi"', '/include/ "hw.dtsi"',
     ['two.dts:3:11: error: Couldn\'t open "hw.dtsi": No such file or directory [dts-include]']),
])
def test_errors_of_the_text(work, virt, old, new, expected):
    line = change(work, "two.dts", old, new)
    done = check(work, virt)
    assert done.returncode == 1
    for text in expected:
        assert text.format(line=line, next=line + 1) in done.stderr.splitlines(), done.stderr


def test_unknown_label_and_findings_in_one_run(work, virt):
    change(work, "two.dts", "phys-mem = <&shm_pma>", "phys-mem = <&shn_pma>")
    change(work, "two.dts", "cpus = <2 1>", "cpus = <1 1>")
    done = check(work, virt)
    assert "[dts-label]" in done.stderr and "[cpu-taken]" in done.stderr


def test_include_folder(work, virt):
    (work / "lib").mkdir()
    for name in ("areas.dtsi", "hv.dtsi"):
        (work / name).rename(work / "lib" / name)
    assert check(work, virt).returncode == 1
    assert check(work, virt, "-I", "lib").returncode == 0


def test_damaged_blobs_are_refused(work, virt):
    """Cut and bent trees: a message and status 1 or 2, never a crash."""
    blob = tree.load(str(work / "two.dts"))
    cases = [blob[:n] for n in (4, 8, 39, 40, 100, len(blob) // 2, len(blob) - 1)]
    cases += [blob[:i] + b"\xff" + blob[i + 1:] for i in range(4, 120, 4)]
    for case in cases:
        (work / "bent.dtb").write_bytes(case)
        done = check(work, virt, "--map", layout="bent.dtb")
        assert done.returncode in (0, 1, 2), done.stderr
        assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    board = virt.read_bytes()
    (work / "bent-board.dtb").write_bytes(board[:len(board) // 2])
    done = check(work, "bent-board.dtb")
    assert done.returncode == 1 and "[hw-tree]" in done.stderr


# ---------------------------------------------------------------------- views


def test_map(work, virt):
    out = check(work, virt, "--map").stdout
    assert re.search(r"^  linux +0-1 +\S+ \wiB .* starts at boot$", out, re.M), out
    assert re.search(r"^  0x0050000000\.\.0x006fffffff +512 MiB +linux +/areas/linux +"
                     r"linux @ 0x40000000$", out, re.M), out
    assert re.search(r"1 MiB +shared +/areas/shm +linux @ 0x90000000, bare @ 0x90000000", out), out
    assert re.search(r"^ +2 +0x2 +bare +0 ", out, re.M), out
    assert re.search(r"^  /pl011@9000000 +hypervisor +0x0009000000 +4 KiB +33", out, re.M), out
    assert re.search(r"^  /bell +bare: handle \d+ +linux: interrupt \d+$", out, re.M), out


def test_json(work, virt):
    change(work, "two.dts", "cpus = <2 1>", "cpus = <1 1>")
    data = json.loads(check(work, virt, "--json").stdout)
    hit = [f for f in data["findings"] if f["check"] == "cpu-taken"]
    assert len(hit) == 1
    assert (hit[0]["file"], hit[0]["line"], hit[0]["column"]) == ("two.dts", 27, 3)
    assert hit[0]["partition"] == "bare" and hit[0]["other"]["path"] == "/linux"
    assert [(p["name"], p["starts"]) for p in data["partitions"]] == [("linux", True),
                                                                     ("bare", False)]
    area = [m for m in data["memory"] if m.get("area") == "/areas/linux"]
    assert area[0]["base"] == 0x50000000 and area[0]["owner"] == "linux"


def test_svg_is_to_scale(work, virt):
    assert check(work, virt, "--svg", "two.svg").returncode == 0
    root = ET.parse(work / "two.svg").getroot()
    heights = {}
    for rect in root.iter(SVG + "rect"):
        title = rect.find(SVG + "title")
        if title is not None and "MiB" in title.text:
            heights[title.text.split()[0]] = float(rect.get("height"))
            if title.text.startswith("/areas/linux "):
                assert "areas.dtsi:3" in title.text
    assert heights["/areas/linux"] == pytest.approx(2 * heights["/areas/bare"], abs=0.2)
    assert heights["/areas/bare"] == pytest.approx(heights["/areas/hv"], abs=0.2)
    texts = " ".join(t.text for t in root.iter(SVG + "text"))
    for word in ("linux", "bare", "CPU 3", "nobody", "hypervisor", "/pl011@9000000"):
        assert word in texts


def test_guest_tree_compiles_and_names_its_own(work, virt):
    done = check(work, virt, "--guest-tree", "linux")
    assert done.returncode == 0, done.stderr
    (work / "guest.dts").write_text(done.stdout)
    nodes = dict(tree.nodes(tree.load(str(work / "guest.dts"))))
    assert sum(path.count("/") == 2 and path.startswith("/cpus/cpu@") for path in nodes) == 2
    assert any(path.startswith("/memory") for path in nodes)
    assert check(work, virt, "--guest-tree", "nobody-there").returncode == 2


# ---------------------------------------------------------------------- manners


def test_strict_wants_everything_owned(work, virt):
    done = check(work, virt, "--strict")
    assert done.returncode == 1
    assert any("cpu@3: error: nobody owns this CPU [strict-unowned]" in line
               for line in findings(done))


def test_exit_status_2(work, virt):
    assert check(work, virt, layout="absent.dts").returncode == 2
    assert check(work, "absent.dtb").returncode == 2
    assert check(work, virt, "--bundle", "absent.itb").returncode == 2
    assert check(work, virt, "--no-such-option").returncode == 2
    assert check(work, virt, "--arch", "vax").returncode == 2
    assert check(work, virt, "--svg", "/nonexistent/x.svg").returncode == 2
    assert subprocess.run([CHECK], capture_output=True, check=False).returncode == 2


def test_missing_dtc_is_told(work, virt):
    done = subprocess.run([CHECK, "two.dts", "-b", str(virt)], cwd=work, capture_output=True,
                          text=True, check=False, env={"PATH": "/nonexistent"})
    assert done.returncode == 2
    assert "cannot run cpp" in done.stderr


def test_colours_only_on_a_terminal(work, virt):
    change(work, "two.dts", "cpus = <2 1>", "cpus = <1 1>")
    assert "\x1b" not in check(work, virt).stderr
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    out = pexpect.run(f"{CHECK} two.dts -b {virt}", cwd=str(work), env=env).decode()
    assert "\x1b[1;31merror:" in out


def test_names_cannot_command_the_terminal(work, virt):
    """A label with escape sequences is shown, not obeyed."""
    change(work, "two.dts", 'label = "bare"', 'label = "\\x1b[31mb\\x07are"')
    change(work, "two.dts", "cpus = <0 2>", "cpus = <1 2>")
    done = check(work, virt, "--map")
    assert "[cpu-taken]" in done.stderr
    assert "?[31mb?are" in done.stdout and "?[31mb?are" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_explain():
    def explain(name):
        return subprocess.run([CHECK, "--explain", name], capture_output=True, text=True,
                              check=False)
    done = explain("cpu-taken")
    assert done.returncode == 0
    assert done.stdout.startswith("cpu-taken: a CPU is given twice")
    assert "does not start, the others do" in done.stdout
    done = explain("cpu-token")
    assert done.returncode == 2 and "did you mean cpu-taken?" in done.stderr


def test_errors_page_is_current():
    """docs/errors.md is what the table of checks says."""
    page = subprocess.run([CHECK, "--list-checks=markdown"], capture_output=True, text=True,
                          check=True).stdout
    assert page == (ROOT / "docs/errors.md").read_text(), "run: make docs/errors.md"


# ---------------------------------------------------------------------- bundles


def test_bundle_is_checked(tools, work, virt):
    (work / "kernel").write_bytes(b"\0" * 4096)
    (work / "bare.bin").write_bytes(b"\0" * 4096)
    change(work, "two.dts", 'guest-image = "bare"',
           'guest-image = "bare", <0 0x40000000 0 0x1000>')
    change(work, "two.dts", 'guest-image = "kernel"',
           'guest-image = "kernel", <0 0x40200000 0 0x100000>')
    pack = [str(tools / "facet-pack"), "two.dts", "-o", "b.itb", "-i", "kernel=kernel", "-i"]
    subprocess.run([*pack, "bare=bare.bin"], cwd=work, check=True, capture_output=True)
    done = check(work, virt, "--bundle", "b.itb")
    assert done.returncode == 0, done.stderr
    assert "[image-unchecked]" not in done.stderr
    (work / "bare.bin").write_bytes(b"\0" * 4097)
    subprocess.run([*pack, "bare=bare.bin"], cwd=work, check=True, capture_output=True)
    done = check(work, virt, "--bundle", "b.itb")
    assert done.returncode == 1
    assert any("[image-size]" in line for line in findings(done)), done.stderr
    change(work, "two.dts", 'guest-image = "bare"', 'guest-image = "bear"')
    done = check(work, virt, "--bundle", "b.itb")
    assert any("[image-missing]" in line for line in findings(done)), done.stderr


# ---------------------------------------------------------------------- speed


def test_2500_lines_in_a_second(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "tests/tools/synth.py"), "2500", str(tmp_path)],
                   check=True)
    assert (tmp_path / "synth.dts").read_text().count("\n") >= 2500
    best = 9.0
    for _ in range(3):
        start = time.monotonic()
        done = subprocess.run([FAST, "synth.dts", "--board", "synth-board.dts", "--map"],
                              cwd=tmp_path, capture_output=True, text=True, check=False)
        best = min(best, time.monotonic() - start)
        assert done.returncode == 0, done.stderr[-3000:]
    assert " 24 partitions, 0 errors, 0 warnings" in done.stderr
    assert best < 1.0
