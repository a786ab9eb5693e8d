# SPDX-License-Identifier: BSD-3-Clause
# Instructions per operation under deterministic QEMU, counted by a TCG plugin of our own.

BENCH_arm64 := run
BENCH_ppc-e500mc := run_ppc

bench: hv guests
	@FACET_ARCH=$(ARCH) FACET_HV_DIR=$(abspath $(B)) tests/bench/$(BENCH_$(ARCH)) $(O)
