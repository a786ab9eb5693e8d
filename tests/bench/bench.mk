# SPDX-License-Identifier: BSD-3-Clause
# Instructions per operation under deterministic QEMU, counted by a TCG plugin of our own.

BENCH_arm64 := run run_dma
BENCH_ppc-e500mc := run_ppc run_linux

bench: hv guests linux-guests
	@status=0; for f in $(BENCH_$(ARCH)); do \
		FACET_ARCH=$(ARCH) FACET_HV_DIR=$(abspath $(B)) tests/bench/$$f $(O) || status=1; \
	done; exit $$status
