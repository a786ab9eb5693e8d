# SPDX-License-Identifier: BSD-3-Clause
"""Layouts and what the planner says about them, word for word, with file, line and column.

bad-CHECK.dts or bad-CHECK+WHAT.dts spoils one thing of a sound layout and must trip CHECK; the .txt
beside it is all that facet-check says. Every check of the planner has such a file. good-NAME.dts trips nothing; its
expected text is the map and the guests' trees. Both are looked at twice: by facet-check under ASan and
UBSan, and by the same program for a big-endian 32-bit machine (qemu-ppc).

The head of a layout may hold, each in a comment of its own line:
    board: NAME       the board is NAME-board.dts (default: that of the included base)
    bundle: NAME      a bundle, as DTS
    args: ...         more options
    also: CHECK ...   checks that cannot but be tripped together with this one
    cut: WHAT N       the layout, board or bundle is compiled and cut to N bytes
"""

import json
import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = pathlib.Path(os.environ.get("FACET_BUILD", ROOT / "build"))
CHECK = str(BUILD / "host/san/facet-check")
PROGRAMS = {"san": [CHECK], "be": ["qemu-ppc", str(BUILD / "host/be/facet-check")]}
UPDATE = os.environ.get("FACET_UPDATE")

# Checks of the table that the planner does not make yet; one that starts to work must leave the list.
PENDING = set()

BAD = sorted(HERE.glob("bad-*.dts"))
GOOD = sorted(HERE.glob("good-*.dts"))
HEAD = re.compile(r"^/\* (board|bundle|args|also|cut): (.*) \*/$", re.M)
FINDING = re.compile(r" (error|warning): .* \[([a-z0-9-]+)\]$", re.M)


def check_of(path):
    """The check that a bad layout is about."""
    return path.stem[len("bad-"):].split("+")[0]


def compiled(path):
    """Return the blob of a DTS."""
    text = subprocess.run(["cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp",
                           str(path)], check=True, capture_output=True).stdout
    return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-i", str(HERE)], input=text,
                          check=True, capture_output=True).stdout


def run(program, path, tmp_path, *more):
    """Run facet-check on a layout as its head says; return (head, result)."""
    text = path.read_text()
    head = dict(HEAD.findall(text))
    base = re.search(r'"(\w+)\.dtsi"', text)
    files = {"layout": path.name,
             "board": head.get("board", base.group(1) if base else "arm64") + "-board.dts",
             "bundle": head.get("bundle")}
    cut, size = head.get("cut", " 0").split(" ")
    for what, name in files.items():
        if name and (what == "bundle" or what == cut):
            blob = compiled(HERE / name)
            files[what] = str(tmp_path / f"{what}.dtb")
            pathlib.Path(files[what]).write_bytes(blob[:int(size)] if what == cut else blob)
    argv = [*PROGRAMS[program], files["layout"], "--board", files["board"], *more]
    argv += head.get("args", "").split()
    if files["bundle"]:
        argv += ["--bundle", files["bundle"]]
    done = subprocess.run(argv, cwd=HERE, capture_output=True, text=True, timeout=120, check=False)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    return head, done


def compare(program, path, said, tmp_path):
    """Compare with the text beside the layout; FACET_UPDATE writes it."""
    said = said.replace(str(tmp_path) + "/", "")
    golden = path.with_suffix(".txt")
    if UPDATE and program == "san":
        golden.write_text(said)
    assert said == golden.read_text()


@pytest.fixture(scope="session")
def table():
    """Every check of the planner: {name: severity}; those of the desk alone left out."""
    listing = subprocess.run([CHECK, "--list-checks"], capture_output=True, text=True, check=True)
    rows = [line.split() for line in listing.stdout.splitlines()[1:] if line.strip()]
    return {name: severity for name, severity, *_ in rows if severity != "error"}


def test_every_check_has_its_layout(table):
    names = {check_of(path) for path in BAD}
    missing, surplus = sorted(set(table) - names), sorted(names - set(table))
    assert not missing and not surplus


def bad_layouts():
    """All bad layouts; the pending ones must fail."""
    late = pytest.mark.xfail(strict=True, reason="the planner does not make this check yet")
    return [pytest.param(path, id=path.stem,
                         marks=[late] if check_of(path) in PENDING else [])
            for path in BAD]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("path", bad_layouts())
def test_bad(program, path, tmp_path, table):
    check = check_of(path)
    head, done = run(program, path, tmp_path)
    tripped = FINDING.findall(done.stderr)
    assert check in {name for _, name in tripped}, done.stderr
    surplus = {name for _, name in tripped} - {check} - set(head.get("also", "").split())
    assert not surplus, done.stderr
    is_error = any(kind == "error" for kind, _ in tripped)
    assert done.returncode == (1 if is_error else 0)
    if table[check] == "warning":
        assert all(kind == "warning" for kind, name in tripped if name == check)
    if table[check] == "fatal":
        assert "nothing would start" in done.stderr
    compare(program, path, done.stderr, tmp_path)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("path", GOOD, ids=lambda p: p.stem)
def test_good(program, path, tmp_path):
    _, done = run(program, path, tmp_path, "--map", "--json")
    assert done.returncode == 0, done.stderr
    assert " 0 errors, 0 warnings" in done.stderr, done.stderr
    names = re.findall(r'\n  \{"name": "([^"]+)"', done.stdout)
    assert names
    trees = [option for name in names for option in ("--guest-tree", name)]
    _, done = run(program, path, tmp_path, "--map", *trees)
    compare(program, path, done.stdout, tmp_path)


def test_functions_for_programs_and_eyes(tmp_path):
    """PCI functions, streams, messages and windows are in the JSON and in the picture."""
    svg = tmp_path / "map.svg"
    _, done = run("san", HERE / "good-pci.dts", tmp_path, "--json", "--svg", str(svg))
    data = json.loads(done.stdout)
    by_path = {f["path"]: f for f in data["functions"]}
    net, disk = by_path["/linux/net"], by_path["/bare/disk"]
    assert [b["number"] for b in net["bars"]] == [0, 1, 4]
    assert (net["function"], net["stream"], net["messages"]) == ("00:01.0", 0x108, 5)
    assert disk["window"] == data["windows"][0]["path"] == "/bare/window"
    assert data["partitions"][0]["messages"]["count"] == 16
    for text in ("00:01.0 /linux/net", "msi 5 dma 0x108", "messages 96-111", "dma window"):
        assert text in svg.read_text()


# ---------------------------------------------------------------------- the audit

RUNS = int(os.environ.get("FACET_SHAKE", "300"))


def base_of(path):
    """The sound layout a file includes: its board."""
    base = re.search(r'"(arm64|pci|ppc)\.dtsi"', path.read_text())
    return base.group(1) if base else "arm64"


def shake(path, tmp_path, *args):
    """Run the audit over plans of a layout and its board."""
    board = base_of(path)
    arch = "ppc" if board == "ppc" else "arm64"
    for name, source in (("board", HERE / f"{board}-board.dts"), ("layout", path)):
        (tmp_path / f"{name}.dtb").write_bytes(compiled(source))
    return subprocess.run([str(BUILD / "host/san/shake"), str(tmp_path / "board.dtb"),
                           str(tmp_path / "layout.dtb"), arch, *map(str, args)],
                          capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("path", BAD + GOOD, ids=lambda p: p.stem)
def test_damage_never_breaks_isolation(path, tmp_path):
    """Whatever is spoilt in board and layout: what would start owns its things alone."""
    done = shake(path, tmp_path, 1, RUNS)
    assert done.returncode == 0, done.stdout + done.stderr
    if path in GOOD:
        assert int(re.search(r", (\d+) partitions", done.stdout).group(1)) > RUNS / 4


@pytest.mark.parametrize("what", range(1, 25))
def test_the_audit_sees(what, tmp_path):
    """The audit objects to each kind of violation, planted into a sound plan."""
    done = shake(HERE / "good-pci.dts", tmp_path, 1, 1, what)
    assert done.returncode == 1 and "objects" in done.stdout, done.stdout + done.stderr
