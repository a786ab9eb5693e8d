# SPDX-License-Identifier: BSD-3-Clause
# The test of the tests: each deliberately broken hypervisor must be noticed. Not part of `check`.

.PHONY: mutants
mutants: hv guests $(G)/hostile$(GUEST_SUFFIX_$(ARCH)) $(G)/libcount.so
	@tests/mutants/run $(O) $(ARCH)
