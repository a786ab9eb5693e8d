# SPDX-License-Identifier: BSD-3-Clause
# Plans tier: golden layouts, and one bad-CHECK.dts for every check of the planner, seen through facet-check.
# FACET_UPDATE=1 make plans writes the expected texts anew: read the difference before you commit it.

plans: $(H)/san/facet-check $(H)/be/facet-check
	$(PYTEST) tests/plans
