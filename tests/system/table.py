# SPDX-License-Identifier: BSD-3-Clause
"""All scenarios of the architecture that is tested."""

import machine

# pylint: disable=unused-import
if machine.PPC:
    from scenarios_ppc import SCENARIOS
else:
    import scenarios
    import scenarios_dma
    import scenarios_msi
    SCENARIOS = scenarios.SCENARIOS + scenarios_dma.SCENARIOS + scenarios_msi.SCENARIOS

__all__ = ["SCENARIOS"]
