# SPDX-License-Identifier: BSD-3-Clause
# Host programs: facet-check is C on top of the planner; facet-mux and facet-pack are Python and need no build.

CHECK_C := board.c dtcmsg.c explain.c json.c lines.c locs.c main.c map.c mem.c names.c near.c report.c run.c \
	say.c source.c svg.c table.c
CHECK_OBJ := $(CHECK_C:%.c=$(H)/tools/facet-check/%.o)
CHECK_SAN := $(CHECK_C:%.c=$(H)/san/tools/facet-check/%.o)

.PHONY: tools
all tools: $(H)/facet-check

# The hypervisor's own libfdt, so that guest trees come out equal to the byte; -lfdt is another version
CHECK_FDT := $(FDT_C:%.c=$(H)/libfdt/%.o)
$(CHECK_FDT): $(H)/libfdt/%.o: $(O)/stamp/libfdt
	@mkdir -p $(@D)
	@$(HOSTCC) -O2 -g -c -o $@ $(FDT)/$*.c

$(H)/facet-check: $(CHECK_OBJ) $(H)/libplan.a $(CHECK_FDT)
	@echo "  LD      $@"
	@$(HOSTCC) $(HOST_CFLAGS) -o $@ $^

# The same with sanitizers, for the tests
$(H)/san/facet-check: $(CHECK_SAN) $(H)/san/libplan.a $(CHECK_FDT)
	@echo "  LD      $@"
	@$(HOSTCC) $(SAN_CFLAGS) -o $@ $^

# And as a big-endian 32-bit program: the planner must come to the same plans there
$(H)/be/facet-check: $(CHECK_C:%.c=$(H)/be/tools/facet-check/%.o) $(H)/be/libplan.a
	@echo "  LD      $@"
	@$(BECC) -static -o $@ $^

# The page of findings, from the table of checks
docs/errors.md: hv/plan/check.h $(H)/facet-check
	@$(H)/facet-check --list-checks=markdown >$@
