# SPDX-License-Identifier: BSD-3-Clause
# System tier: real guests on QEMU, from the table in tests/system/scenarios.py. FACET_ONLY=regex: some.

system: hv guests linux-guests tools
	$(PYTEST) tests/system

# The rows with an SMMU once more, on a QEMU whose SMMU translates with stage 2 (tools/fetch-qemu).
QEMU_BACKPORT := $(O)/qemu-backport
.PHONY: stage2 stage2-run
stage2: export PATH := $(abspath $(QEMU_BACKPORT))/usr/bin:$(PATH)
stage2: export FACET_ONLY ?= edu|smmu|linux-virtio|two-linux-pci
stage2: hv guests linux-guests tools
	@if tools/cached $(QEMU_BACKPORT) qemu-backport tools/fetch-qemu -- tools/fetch-qemu; \
	then $(MAKE) --no-print-directory stage2-run; else echo "stage2: skipped, no such QEMU to be had"; fi

stage2-run:
	$(PYTEST) tests/system
