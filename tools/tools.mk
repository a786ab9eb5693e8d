# SPDX-License-Identifier: BSD-3-Clause
# Host programs: facet-check is C on top of the planner; facet-mux and facet-pack are Python and need no build.

CHECK_C := dtcmsg.c explain.c json.c lines.c locs.c main.c map.c mem.c names.c near.c report.c run.c say.c \
	source.c svg.c table.c
CHECK_OBJ := $(CHECK_C:%.c=$(H)/tools/facet-check/%.o)
CHECK_SAN := $(CHECK_C:%.c=$(H)/san/tools/facet-check/%.o)

.PHONY: tools
tools: $(H)/facet-check

$(H)/facet-check: $(CHECK_OBJ) $(H)/libplan.a
	@echo "  LD      $@"
	@$(HOSTCC) $(HOST_CFLAGS) -o $@ $^ -lfdt

# The same with sanitizers, for the tests
$(H)/san/facet-check: $(CHECK_SAN) $(H)/san/libplan.a
	@echo "  LD      $@"
	@$(HOSTCC) $(SAN_CFLAGS) -o $@ $^ -lfdt

desk: $(H)/facet-check $(H)/san/facet-check

# The page of findings, from the table of checks
docs/errors.md: hv/plan/check.h $(H)/facet-check
	@$(H)/facet-check --list-checks=markdown >$@
