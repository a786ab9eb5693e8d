# SPDX-License-Identifier: BSD-3-Clause
"""The rules find what breaks them, and tests/report counts what it should."""
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import image  # noqa: E402
import sources  # noqa: E402
import stack  # noqa: E402

REPORT = pathlib.Path(__file__).parents[1] / "report"


def c_function(name, lines):
    return f"static int {name}(int a,\n\t\t  int b)\n{{\n" + "\tx();\n" * lines + "}\n"


def test_functions_are_named_and_measured():
    text = "struct s {\n\tint a;\n};\n\n" + c_function("first", 3) + "\n" + c_function("second", 90)
    found = [(name, length) for name, _, length in sources.functions(text)]
    assert found == [("first", 3), ("second", 90)]


def test_long_function_needs_an_exception():
    files = [("hv/a.c", c_function("longish", 81))]
    assert len(sources.check_functions(files, {})) == 1
    assert not sources.check_functions(files, {"function-length": {"hv/a.c:longish": "why"}})
    assert not sources.check_functions([("hv/a.c", c_function("fits", 80))], {})


def test_long_file():
    files = [("hv/a.c", "\n" * 601), ("docs/a.md", "\n" * 601), ("hv/b.c", "\n" * 600)]
    assert [p.split(":")[0] for p in sources.check_files(files, {})] == ["hv/a.c"]


def test_assembly_only_in_code_of_the_core():
    rules = dict(sources.check({}))
    assert "no-assembly-outside-arch" in rules
    code = sources.strip_comments('/* asm */ "asm" // asm\nasm volatile("nop");\n')
    assert code.count("asm") == 1


@pytest.mark.parametrize("text", ["TO" "DO: x", "FIX" "ME", "// XX" "X"])
def test_markers(text):
    assert sources.MARKERS.search(text)


@pytest.mark.parametrize("operands", ["d8, d9, [x0, #112]", "v0.16b, v1.16b", "{v0.4s}, [x1]",
                                      "q3, [sp]", "s0, w1", "x0, d0", "v2.d[1], x3"])
def test_arm64_fp_registers_are_seen(operands):
    assert image.ARM64_FP.search(operands)


@pytest.mark.parametrize("operands", ["x0, x1, [sp, #16]", "w0, #0xd8", "x21, ", "sy",
                                      "x0, vbar_el2", "s3_4_c12_c11_3, x0", "x1, id_aa64dfr0_el1", "ish"])
def test_arm64_other_operands_are_not(operands):
    assert not image.ARM64_FP.search(operands)


@pytest.mark.parametrize("mnemonic, fp", [
    ("lfd", 1), ("stfdx", 1), ("fadd", 1), ("evldd", 1), ("lvx", 1), ("mffs", 1),
    ("lwz", 0), ("stw", 0), ("mtspr", 0), ("lwarx", 0)])
def test_ppc_fp_instructions(mnemonic, fp):
    assert bool(image.PPC_FP.match(mnemonic)) == bool(fp)


@pytest.mark.parametrize("symbol, pure", [
    ("memcpy", 1), ("strnlen", 1), ("fdt_next_tag", 1), ("__udivdi3", 1),
    ("printf", 0), ("sniprintf", 0), ("malloc", 0), ("arch_halt", 0)])
def test_pure_symbols(symbol, pure):
    assert bool(image.PURE.match(symbol)) == bool(pure)


def graph(frames, calls):
    g = stack.Graph()
    g.frame.update(frames)
    for caller, callees in calls.items():
        g.calls[caller] |= set(callees)
    return g


def test_stack_bound_is_the_worst_path():
    g = graph({"a": 16, "b": 32, "c": 64, "d": 8}, {"a": ["b", "d"], "b": ["c"], "d": []})
    worst, cycles = stack.worst_paths(g, {})
    assert worst["a"] == (112, ["a", "b", "c"]) and not cycles


def test_recursion_is_found_and_can_be_bounded():
    g = graph({"a": 16, "b": 32}, {"a": ["b"], "b": ["b"]})
    assert stack.worst_paths(g, {})[1] == ["b -> b"]
    worst, cycles = stack.worst_paths(g, {"b": "3 why"})
    assert worst["a"][0] == 16 + 3 * 32 and not cycles


def test_indirect_calls_need_targets():
    g = graph({"a": 16, "op_one": 32, "op_two": 48}, {"a": [stack.INDIRECT]})
    assert stack.resolve_indirect(g, {})
    g = graph({"a": 16, "op_one": 32, "op_two": 48}, {"a": [stack.INDIRECT]})
    assert not stack.resolve_indirect(g, {"a": "op_* the driver table"})
    assert stack.worst_paths(g, {})[0]["a"][0] == 64


def report(tmp_path, makefile, *tiers):
    (tmp_path / "Makefile").write_text("O ?= out\n" + makefile)
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run([REPORT, "out", *tiers], cwd=tmp_path, stdout=subprocess.PIPE,
                          check=False, env=env)
    return done.stdout.decode().splitlines()[-1], done.returncode


def test_report_adds_up_and_goes_on(tmp_path):
    makefile = ("good:\n\t@printf 'PASS a\\nPASS b\\nSKIP c: why\\n' >$(O)/results/good.txt\n"
                "bad:\n\t@printf 'PASS a\\nFAIL b: why\\n' >$(O)/results/bad.txt; false\n"
                "dead:\n\t@false\nmute:\n\t@true\n")
    assert report(tmp_path, makefile, "good") == ("2 passed, 0 failed", 0)
    assert report(tmp_path, makefile, "bad", "good") == ("3 passed, 1 failed", 1)
    assert report(tmp_path, makefile, "dead", "mute", "good") == ("2 passed, 2 failed", 1)


def test_report_passes_variants_on(tmp_path):
    makefile = "t:\n\t@echo PASS $(ARCH)-$(CHECKED) >$(O)/results/t.txt\n"
    assert report(tmp_path, makefile, "t@arm64+checked") == ("1 passed, 0 failed", 0)
    assert (tmp_path / "out/results/t@arm64+checked.txt").read_text() == "PASS arm64-1\n"
