# SPDX-License-Identifier: BSD-3-Clause
# The lint tier: rules on the sources, then on the image of each architecture.

lint:
	@mkdir -p $(O)/results
	@rm -f $(O)/results/lint.txt
	@status=0; tests/lint/run $(O)/results/lint.txt source || status=1; \
	for a in $(LIVE_ARCHES); do \
		$(MAKE) --no-print-directory ARCH=$$a CHECKED= lint-image || status=1; \
	done; exit $$status

.PHONY: lint-image
lint-image: $(B)/hv.elf
	@tests/lint/run $(O)/results/lint.txt image $(ARCH) $(B) $(CROSS) $(NEWLIB)
