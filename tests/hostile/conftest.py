# SPDX-License-Identifier: BSD-3-Clause
"""The campaigns of the architecture that is tested."""
import os

OTHER = {"arm64": ["test_hostile_ppc.py"], "ppc-e500mc": ["test_hostile.py", "test_dma.py"]}
collect_ignore = OTHER[os.environ.get("FACET_ARCH", "arm64")]
