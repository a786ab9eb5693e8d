# SPDX-License-Identifier: BSD-3-Clause
# Hostile tier: a guest that tries everything, beside a victim that must not notice.

HOSTILE_OBJ := $(patsubst tests/hostile/guest/%,$(G)/hostile/%.o,$(basename $(wildcard tests/hostile/guest/*.[cS])))

$(G)/hostile/%.o: tests/hostile/guest/%.c | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

$(G)/hostile/%.o: tests/hostile/guest/%.S | $(LIBS)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(G)/hostile.elf: $(HOSTILE_OBJ) $(G)/libkit.a partitions/kit/$(ARCH)/guest.lds
	@echo "  GUEST   $@"
	@$(CROSS)gcc $(MACH_$(ARCH)) $(GUEST_LDFLAGS) -T partitions/kit/$(ARCH)/guest.lds -o $@ \
		$(HOSTILE_OBJ) -Wl,--whole-archive $(G)/libkit.a -Wl,--no-whole-archive $(NEWLIB)/lib/libc.a -lgcc

$(G)/libcount.so: tests/bench/count.c
	@mkdir -p $(@D)
	@gcc -shared -fPIC -O2 -Wall -Wextra -Werror -fvisibility=hidden -o $@ $<

hostile: hv guests $(G)/hostile.bin $(G)/libcount.so
	$(PYTEST) tests/hostile
