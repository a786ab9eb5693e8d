# SPDX-License-Identifier: BSD-3-Clause
"""Write the results of a pytest tier as tests/report reads them (FACET_RESULTS names the file)."""
import os
import pathlib

RESULTS = os.environ.get("FACET_RESULTS")


def write(verdict, nodeid, why=""):
    if RESULTS:
        name = nodeid.split("/", 1)[-1].replace("\n", " ")
        with open(RESULTS, "a", encoding="utf-8") as f:
            f.write(f"{verdict} {name}{': ' if why else ''}{why}\n")


def last_line(report):
    """What went wrong, in one line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else str(report.longrepr)
    return " ".join(text.split())[:160]


def pytest_sessionstart(session):
    if RESULTS and not hasattr(session.config, "workerinput"):
        path = pathlib.Path(RESULTS)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def pytest_runtest_logreport(report):
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "skipped"
        write("SKIP", report.nodeid, reason)
    elif report.failed:
        write("FAIL", report.nodeid, f"{report.when}: {last_line(report)}")
    elif report.when == "call":
        write("PASS", report.nodeid)


def pytest_collectreport(report):
    if report.failed:
        write("FAIL", report.nodeid or "collection", last_line(report))
