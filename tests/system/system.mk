# SPDX-License-Identifier: BSD-3-Clause
# System tier: real guests on QEMU, from the table in tests/system/scenarios.py. FACET_ONLY=regex: some.

system: hv guests linux-guests
	$(PYTEST) tests/system
