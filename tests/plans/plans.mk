# SPDX-License-Identifier: BSD-3-Clause
# Plans tier: golden layouts, and one bad-CHECK.dts for every check of the planner, seen through facet-check.
# FACET_UPDATE=1 make plans writes the expected texts anew: read the difference before you commit it.

plans: $(H)/san/facet-check $(H)/be/facet-check $(H)/san/shake
	$(PYTEST) tests/plans

SHAKE_OBJ := $(H)/san/tests/plans/shake.o $(addprefix $(H)/san/tests/plans/,audit.o audit_pci.o)
$(H)/san/shake: $(SHAKE_OBJ) $(H)/san/libplan.a $(CHECK_FDT)
	@echo "  LD      $@"
	@$(HOSTCC) $(SAN_CFLAGS) -o $@ $^
