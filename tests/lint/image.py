# SPDX-License-Identifier: BSD-3-Clause
"""Rules that built objects and the linked image keep."""
import fnmatch
import glob
import os
import re
import subprocess

# What pure code may ask of the outside: memory, strings, libfdt, the compiler's own helpers.
PURE = re.compile(r"(mem(cpy|move|set|cmp|chr)|str(n?len|n?cmp|r?chr|n?cpy|toull?)|fdt_\w+|"
                  r"__stack_chk_\w+|_(save|rest)gpr_\w+|__\w+[dst]i[234]|_GLOBAL_OFFSET_TABLE_)$")

ARM64_FP = re.compile(r"(?<![\w.#<])([vqdshbz]\d{1,2}(\.\d*[bhsdq](\[\d+\])?)?)(?![\w>])")
PPC_FP = re.compile(r"^(l[vf]\w*|st[vf]\w+|f\w+|ev\w+|ef[sd]\w+|v\w+|mtfs\w+|mffs|mcrfs|m[tf]vscr)\.?$")
PPC_NOT_FP = re.compile(r"^(stfi|lfence)$")


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()


def headers_alone(arch, cross, newlib, libfdt):
    """Each header compiles as the only thing in a file, with the flags of the target."""
    problems = []
    include = run(cross + "gcc", "-print-file-name=include").strip()
    flags = ["-std=gnu11", "-ffreestanding", "-nostdinc", "-isystem", include, "-isystem",
             os.path.join(newlib, "include"), "-isystem", libfdt, "-I.", f"-Iarch/{arch}/include",
             "-Ipartitions/include", "-DFACET_TARGET", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
             "-fsyntax-only", "-U__linux__", "-Ulinux"]
    flags += ["-mgeneral-regs-only"] if arch == "arm64" else ["-m32", "-msoft-float"]
    patterns = ("hv/*.h", "hv/plan/*.h", f"arch/{arch}/**/*.h", "drivers/*.h")
    for header in sorted({h for p in patterns for h in glob.glob(p, recursive=True)}):
        source = f'#include "{header}"\ntypedef int not_empty;\n'
        done = subprocess.run([cross + "gcc", *flags, "-x", "c", "-"], input=source.encode(),
                              check=False, stderr=subprocess.PIPE)
        if done.returncode:
            first = [l for l in done.stderr.decode().splitlines() if "error" in l][:1]
            problems.append(f"{header} does not compile alone: {' '.join(first)}")
    return problems


def plan_is_pure(build, cross):
    objects = sorted(glob.glob(os.path.join(build, "hv/plan/*.o")))
    if not objects:
        return ["no planner object was built"]
    own, needed = set(), {}
    for path in objects:
        # Constant tables of pointers are relocated at the start and read-only from then on.
        constant = set(re.findall(r"\s\.data\.rel\.ro\S*\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$",
                                  run(cross + "objdump", "-t", path), re.M))
        for line in run(cross + "nm", path).splitlines():
            kind, name = line.split()[-2:]
            if kind == "U":
                needed.setdefault(name, path)
            elif kind in "bBdDC" and name not in constant:
                needed.setdefault(f"writable data '{name}'", path)
            else:
                own.add(name)
    return [f"{path}: pure code uses {name}" for name, path in sorted(needed.items())
            if name not in own and not PURE.match(name)]


def no_floating_point(arch, build, cross, allowed):
    problems, function = [], "?"
    for line in run(cross + "objdump", "-d", "--no-show-raw-insn",
                    os.path.join(build, "hv.elf")).splitlines():
        m = re.match(r"^[0-9a-f]+ <(.+)>:$", line)
        if m:
            function = m.group(1)
            continue
        m = re.match(r"^\s*[0-9a-f]+:\s+(\S+)\s*(.*)$", line)
        if not m:
            continue
        mnemonic, operands = m.group(1), re.sub(r"//.*|\b[0-9a-f]+ <[^>]*>", "", m.group(2))
        if arch == "arm64":
            # A condition or a barrier type is no register; neither are the operands of data words.
            used = not mnemonic.startswith(".") and ARM64_FP.search(operands)
        else:
            used = PPC_FP.match(mnemonic) and not PPC_NOT_FP.match(mnemonic)
        if used and not any(fnmatch.fnmatch(function, p) for p in allowed):
            problems.append(f"hv.elf: {function}: {mnemonic} {operands.strip()}")
    return problems


def segments_keep_w_xor_x(build, cross):
    """No section of the image is both writable and executable."""
    problems = []
    for line in run(cross + "readelf", "-SW", os.path.join(build, "hv.elf")).splitlines():
        m = re.match(r"\s*\[\s*\d+\]\s+(\S+)\s+(?:\S+\s+){5}(\w+)\s+\d+\s+\d+\s+\d+$", line)
        if m and "W" in m.group(2) and "X" in m.group(2):
            problems.append(f"hv.elf: section {m.group(1)} is writable and executable")
    return problems


def check(exceptions, arch, build, cross, newlib):
    libfdt = os.path.join(os.path.dirname(build), "libfdt")
    fp = exceptions.get("fp", {})
    return [
        (f"{arch}: headers-alone", headers_alone(arch, cross, newlib, libfdt)),
        (f"{arch}: plan-is-pure", plan_is_pure(build, cross)),
        (f"{arch}: no-fp-in-image", no_floating_point(arch, build, cross, fp)),
        (f"{arch}: w-xor-x", segments_keep_w_xor_x(build, cross)),
    ]
