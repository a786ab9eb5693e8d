# SPDX-License-Identifier: BSD-3-Clause
"""Where the tools are."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))


@pytest.fixture
def tools():
    """The folder with the programs."""
    return ROOT / "tools"
