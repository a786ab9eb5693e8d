# SPDX-License-Identifier: BSD-3-Clause
"""Rules that the text of the sources keeps."""
import os
import re
import subprocess

FUNCTION_LISTED, FUNCTION_MAX, FILE_MAX, COLUMNS, COLUMNS_MAX = 60, 80, 600, 100, 120
C_FOLDERS = ("hv/", "arch/", "drivers/", "tools/", "partitions/", "tests/")
TARGET_FOLDERS = ("hv/", "drivers/")

# Written in pieces, so that this file keeps the rules too.
MARKERS = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "XX" "X")) + r")\b")
PLACES = re.compile(
    "|".join((r"/wo" r"rk/", r"/ro" r"ot/", r"/ho" r"me/\w", r"deb\.deb" r"ian\.org",
              r"snap" r"shot\.deb" r"ian", r"ftp\.\w+\.deb" r"ian", r"/us" r"r/local/")))


def tracked():
    """Every file of the repository that is text, committed or not yet."""
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], check=True,
                             stdout=subprocess.PIPE).stdout
    files = []
    for path in sorted(set(listing.decode().splitlines())):
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as f:
            data = f.read()
        if b"\0" not in data:
            files.append((path, data.decode("utf-8", "replace")))
    return files


def functions(text):
    """(name, first line, length) of each C function: a body starts and ends in column 0."""
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{" and start is None:
            start = number
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[max(0, start - 6):start - 1])
            names = re.findall(r"(\w+)\s*\((?!\()", head)
            first = start - 1
            while first > 1 and lines[first - 1] and lines[first - 1][0] in " \t":
                first -= 1
            name = re.match(r".*?(\w+)\s*\(", lines[first - 1])
            if names:
                yield (name.group(1) if name else names[-1]), start, number - start - 1
            start = None


def is_c(path, suffixes=(".c", ".h")):
    return path.startswith(C_FOLDERS) and path.endswith(suffixes)


def check_functions(files, exceptions):
    allowed = exceptions.get("function-length", {})
    problems = []
    for path, text in files:
        if not is_c(path):
            continue
        for name, line, length in functions(text):
            if length > FUNCTION_MAX and f"{path}:{name}" not in allowed:
                problems.append(f"{path}:{line}: {name} has {length} lines, not {FUNCTION_MAX}")
            elif length > FUNCTION_LISTED:
                print(f"lint: note: {path}:{line}: {name} has {length} lines")
    return problems


def check_files(files, exceptions):
    allowed = exceptions.get("file-length", {})
    suffixes = (".c", ".h", ".S", ".py", ".mk")
    return [f"{path}: {text.count(chr(10))} lines, more than {FILE_MAX}" for path, text in files
            if (is_c(path, suffixes) or path == "Makefile")
            and text.count("\n") > FILE_MAX and path not in allowed]


def check_lines(files):
    """Lines are to stay within COLUMNS; a few characters more are counted, many are an error."""
    problems, wide = [], 0
    for path, text in files:
        if not is_c(path, (".c", ".h", ".S", ".py")):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            width = len(line.expandtabs(8))
            if width > COLUMNS_MAX:
                problems.append(f"{path}:{number}: {width} columns, more than {COLUMNS_MAX}")
            wide += width > COLUMNS
            if line != line.rstrip():
                problems.append(f"{path}:{number}: white space at the end")
    if wide:
        print(f"lint: note: {wide} lines are longer than {COLUMNS} columns")
    return problems


def check_pattern(files, pattern, what, folders=("",)):
    return [f"{path}:{number}: {what}: {m.group(0)}"
            for path, text in files if path.startswith(folders)
            for number, line in enumerate(text.splitlines(), 1)
            for m in [pattern.search(line)] if m]


def check_heads(files):
    """A source starts with its licence and, in C, a sentence that says what it is for."""
    problems = []
    for path, text in files:
        head = text.splitlines()[:3]
        if not any("SPDX-License-Identifier: BSD-3-Clause" in line for line in head):
            if is_c(path, (".c", ".h", ".S", ".py", ".mk")):
                problems.append(f"{path}:1: no SPDX line")
        elif is_c(path) and not (len(head) > 1 and head[1].startswith("/*")):
            problems.append(f"{path}:2: no sentence of purpose")
    return problems


def strip_comments(text):
    """The text with comments and strings blanked, line structure kept."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def check(exceptions):
    files = tracked()
    code = [(path, strip_comments(text)) for path, text in files if is_c(path)]
    assembly = re.compile(r"\b(__asm__|__asm|asm)\b")
    alloca = re.compile(r"\balloca\s*\(")
    return [
        ("function-length", check_functions(files, exceptions)),
        ("file-length", check_files(files, exceptions)),
        ("line-length", check_lines(files)),
        ("no-assembly-outside-arch", check_pattern(code, assembly, "assembly", TARGET_FOLDERS)),
        ("no-alloca", check_pattern(code, alloca, "unknown frame size", TARGET_FOLDERS)),
        ("no-markers", check_pattern(files, MARKERS, "unfinished work")),
        ("no-machine-places", check_pattern(files, PLACES, "a place on somebody's machine")),
        ("file-heads", check_heads(files)),
    ]
