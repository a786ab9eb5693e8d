# SPDX-License-Identifier: BSD-3-Clause
"""An upper bound on stack use, from the compiler's call graphs (-fcallgraph-info=su,da)."""
import collections
import fnmatch
import glob
import os
import re
import subprocess
import sys

INDIRECT = "__indirect_call"


class Graph:
    """Functions with their frames and calls, restricted to what is in the linked image."""

    def __init__(self):
        self.frame = {}
        self.kind = {}
        self.calls = collections.defaultdict(set)

    def read(self, path):
        with open(path, encoding="utf-8", errors="replace") as f:
            for line in f:
                m = re.match(r'node: \{ title: "([^"]+)" label: "([^"]*)"', line)
                if m:
                    size = re.search(r"(\d+) bytes \(([\w,]+)\)", m.group(2))
                    if size:
                        self.frame[m.group(1)] = int(size.group(1))
                        self.kind[m.group(1)] = size.group(2)
                m = re.match(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', line)
                if m:
                    self.calls[m.group(1)].add(m.group(2))


def short(title):
    return title.rsplit(":", 1)[-1]


def linked_functions(build, cross):
    out = subprocess.run([cross + "nm", os.path.join(build, "hv.elf")], check=True,
                         stdout=subprocess.PIPE).stdout.decode()
    return {line.split()[-1] for line in out.splitlines() if line.split()[-2] in "tTwW"}


def read_graph(build, newlib, linked):
    graph = Graph()
    for pattern in (f"{newlib}/ci/*.ci", f"{build}/**/*.ci"):
        for path in glob.glob(pattern, recursive=True):
            graph.read(path)
    graph.frame = {f: n for f, n in graph.frame.items() if short(f) in linked}
    graph.calls = collections.defaultdict(
        set, {f: t for f, t in graph.calls.items() if f in graph.frame})
    return graph


def resolve_indirect(graph, table):
    """Replace calls through pointers by what they may reach; return those nobody has described."""
    unknown = []
    for caller in sorted(graph.frame):
        if INDIRECT not in graph.calls[caller]:
            continue
        graph.calls[caller].discard(INDIRECT)
        name = short(caller)
        text = table.get(name) or next((t for p, t in table.items() if fnmatch.fnmatch(name, p)), None)
        if text is None:
            unknown.append(f"{caller}: calls through a pointer; name its targets in the exceptions")
            continue
        patterns = text.split()[0].split(",")
        graph.calls[caller] |= {f for f in graph.frame for p in patterns
                                if fnmatch.fnmatch(short(f), p) and f != caller}
    return unknown


def worst_paths(graph, recursion):
    """{function: (bytes, path)} and the functions that call themselves without leave."""
    done, bad = {}, set()
    sys.setrecursionlimit(10000)

    def visit(function, path):
        if function in done:
            return done[function]
        if function in path:
            cycle = path[path.index(function):]
            if not any(short(f) in recursion for f in cycle):
                bad.add(" -> ".join(short(f) for f in cycle + [function]))
            return 0, []
        best = (0, [])
        for callee in sorted(graph.calls[function]):
            if callee in graph.frame:
                best = max(best, visit(callee, path + [function]), key=lambda w: w[0])
        depth = int(recursion[short(function)].split()[0]) if short(function) in recursion else 1
        result = (graph.frame[function] * depth + best[0], [short(function)] + best[1])
        done[function] = result
        return result

    for function in sorted(graph.frame):
        visit(function, [])
    return done, sorted(bad)


def stack_size(arch):
    """The size of a CPU's stack, where the architecture defines it."""
    for path in sorted(glob.glob(f"arch/{arch}/**/*.[ch]", recursive=True)):
        with open(path, encoding="utf-8") as f:
            m = re.search(r"^#define STACK_(?:SIZE|BYTES)\s+(\w+)", f.read(), re.M)
        if m:
            return int(m.group(1), 0)
    return None


def check(exceptions, arch, build, cross, newlib):
    graph = read_graph(build, newlib, linked_functions(build, cross))
    dynamic = [f"{f}: its frame has no fixed size" for f, k in sorted(graph.kind.items())
               if k == "dynamic" and f in graph.frame]
    unknown = resolve_indirect(graph, exceptions.get("indirect", {}))
    terminal = exceptions.get("terminal", {})
    for caller in graph.calls:
        graph.calls[caller] -= {f for f in graph.calls[caller] if short(f) in terminal}
    worst, cycles = worst_paths(graph, exceptions.get("recursion", {}))
    cycles = [f"recursion: {c}" for c in cycles]

    called = {c for f in graph.frame for c in graph.calls[f]}
    roots = sorted((worst[f] for f in graph.frame
                    if f not in called and short(f) not in terminal), key=lambda w: -w[0])
    extra = exceptions.get("root", {})
    too_deep = []
    if roots:
        most = max((w[0] + int(extra.get(w[1][0], "0").split()[0]), w[1]) for w in roots)
        last = max((w for f, w in worst.items() if short(f) in terminal), default=(0, []))
        most = (most[0] + last[0], most[1] + last[1])
        limit = stack_size(arch)
        print(f"stack bound {arch}: {most[0]} of {limit} bytes: {' > '.join(most[1])}")
        if limit is None:
            too_deep.append(f"arch/{arch} defines no STACK_SIZE or STACK_BYTES")
        elif most[0] > limit:
            too_deep.append(f"the stack may need {most[0]} bytes and has {limit}")
    return [
        (f"{arch}: fixed-frames", dynamic),
        (f"{arch}: no-recursion", cycles),
        (f"{arch}: indirect-calls-known", unknown),
        (f"{arch}: stack-bound", too_deep),
    ]
