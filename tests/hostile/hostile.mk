# SPDX-License-Identifier: BSD-3-Clause
# Hostile tier: a guest that tries everything, beside a victim that must not notice.

HOSTILE_DIR_arm64 := tests/hostile/guest
HOSTILE_DIR_ppc-e500mc := tests/hostile/ppc
HOSTILE_LINUX_arm64 := linux-guests
HOSTILE_DIR := $(HOSTILE_DIR_$(ARCH))
HOSTILE_OBJ := $(patsubst $(HOSTILE_DIR)/%,$(G)/hostile/%.o,$(basename $(wildcard $(HOSTILE_DIR)/*.[cS]))) \
	$(patsubst tests/%.c,$(G)/%.o,$(wildcard tests/hostile/common/*.c))

$(G)/hostile/%.o: $(HOSTILE_DIR)/%.c | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) -Itests/hostile/common $(WARN) -MMD -MP -c -o $@ $<

$(G)/hostile/common/%.o: tests/hostile/common/%.c | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

$(G)/hostile/%.o: $(HOSTILE_DIR)/%.S | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(G)/hostile.elf: $(HOSTILE_OBJ) $(G)/libkit.a partitions/kit/$(ARCH)/guest.lds
	@echo "  GUEST   $@"
	@$(CROSS)gcc $(MACH_$(ARCH)) $(GUEST_LDFLAGS) -T partitions/kit/$(ARCH)/guest.lds -o $@ \
		$(HOSTILE_OBJ) -Wl,--whole-archive $(G)/libkit.a -Wl,--no-whole-archive $(NEWLIB)/lib/libc.a -lgcc

$(G)/libcount.so: tests/bench/count.c
	@mkdir -p $(@D)
	@gcc -shared -fPIC -O2 -Wall -Wextra -Werror -fvisibility=hidden -o $@ $<

hostile: hv guests $(HOSTILE_LINUX_$(ARCH)) $(G)/hostile$(GUEST_SUFFIX_$(ARCH)) $(G)/libcount.so
	$(PYTEST) tests/hostile
