# SPDX-License-Identifier: BSD-3-Clause
"""On a core whose category E.HV works, for which there is no code yet: one clear line, and no guest runs.

QEMU has no such core; the model of the P4080 (tests/p4080) has.
"""

import os
import subprocess

import pytest

from machine import BUILD, HV, PPC, ROOT, pack

MODEL = BUILD / "p4080" / "facet-p4080"
LINE = "this core has a working E.HV category and there is no code for it yet"


@pytest.mark.skipif(not PPC, reason="Book E only")
def test_working_ehv_is_refused(tmp_path):
    """The probe finds it, says so and stops."""
    subprocess.run([ROOT / "tests" / "p4080" / "build-dtb"], env=dict(os.environ, OUT=str(tmp_path)), check=True)
    text = (ROOT / "partitions" / "ppce500" / "hv.dtsi").read_text(encoding="ascii")
    layout = tmp_path / "layout.dts"
    layout.write_text(text.replace("soc@fe0000000", "soc@ffe000000").replace("0x10000000", "0x02000000"),
                      encoding="ascii")
    bundle = pack(layout, [], tmp_path / "bundle.itb")
    done = subprocess.run([MODEL, "--ram", "256", "--limit", "20000000", "--dtb", tmp_path / "p4080ds.dtb",
                           "--initrd", bundle, HV], capture_output=True, text=True, check=False)
    assert LINE in done.stdout + done.stderr
    assert "ready after" not in done.stdout
