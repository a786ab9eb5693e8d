# SPDX-License-Identifier: BSD-3-Clause
"""The pages name what there is: every property, every check, every command of the shell."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FACET_BUILD", ROOT / "build"))
BINDING = (ROOT / "docs/binding.md").read_text()
GUIDE = (ROOT / "docs/user-guide.md").read_text()
EVERYWHERE = {"compatible", "phandle", "linux,phandle", "#address-cells", "#size-cells"}


def checks():
    """The planner's checks; those that only the desk can make are left out."""
    out = subprocess.run([BUILD / "host/facet-check", "--list-checks"], capture_output=True,
                         text=True, check=True).stdout
    rows = [line.split() for line in out.splitlines()[1:] if line.strip()]
    return {row[0] for row in rows if row[1] != "error"}


def test_binding_and_checks_name_each_other():
    named = set(re.findall(r"`\[([a-z0-9-]+)\]`", BINDING)) - {"brackets"}
    assert named == checks()


def test_binding_has_every_property():
    table = (ROOT / "hv/plan/lint.c").read_text()
    properties = set(re.findall(r'^\s+\{ ?"([^"]+)", (?:AT|KIND)_', table, re.M))
    assert len(properties) > 50
    missing = {p for p in properties - EVERYWHERE if f"`{p}`" not in BINDING}
    assert not missing


def test_guide_has_every_command():
    commands = re.findall(r'^\s+\{ ?"(\w+)", "', (ROOT / "hv/shell.c").read_text(), re.M)
    assert len(commands) > 10
    missing = [c for c in commands if f"`{c}`" not in GUIDE]
    assert not missing


def test_links_lead_somewhere():
    for page in (ROOT / "docs").glob("*.md"):
        for target in re.findall(r"\]\(([a-z][^)#:]*)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_hypercall_page_has_every_call():
    header = (ROOT / "partitions/include/facet/hcall.h").read_text()
    page = (ROOT / "docs/hypercalls.md").read_text()
    calls = re.findall(r"^#define ((?:EV|FH)_\w+) (\d+)$", header, re.M)
    calls = [(name, number) for name, number in calls if not name.endswith("_CALLS")]
    assert len(calls) > 30
    table = (ROOT / "hv/hcall.c").read_text()
    for name, number in calls:
        if f"[{name}]" in table:
            assert f"| {number} | `{name}` |" in page, name
        else:
            assert f"`{name}` ({number})" in page, name
