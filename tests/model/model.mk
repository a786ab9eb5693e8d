# SPDX-License-Identifier: BSD-3-Clause
# Model tests: the whole core on the fake architecture; tests/model/NAME_test.c is one cmocka program.

CFLAGS_hv := -Ipartitions/include
CFLAGS_tests/model := -Ipartitions/include -Itests/model

MODEL := $(patsubst tests/model/%.c,%,$(wildcard tests/model/*_test.c))
MODEL_FAKE := fake fake_iommu fake_plan fake_uart libc_host
MODEL_HV := $(filter-out libc.c main.c,$(HV_C)) hc_irq_none.c pci_none.c
MODEL_OBJ := $(MODEL_HV:%.c=$(H)/model/hv/%.o) $(MODEL_FAKE:%=$(H)/model/tests/model/%.o)
MODEL_BIN := $(MODEL:%=$(H)/model/%)

model: $(MODEL_BIN)
	@mkdir -p $(O)/results
	@tests/unit/run $(O)/results/model.txt $(MODEL_BIN)

$(MODEL_BIN): $(H)/model/%: $(H)/model/tests/model/%.o $(MODEL_OBJ) $(H)/san/libplan.a
	@mkdir -p $(@D)
	@$(HOSTCC) $(SAN_CFLAGS) -o $@ $^ -lfdt -lcmocka
