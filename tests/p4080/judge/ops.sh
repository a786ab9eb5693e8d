#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# ops.sh MODEL FOLDER: run the operand judge on the model and on the reference emulators and compare.
model=$1
out=$2
bad=0

compare() { # NAME REFERENCE GOT
	if [ -s "$2" ] && cmp -s "$2" "$3"; then
		echo "PASS p4080-ops $1: $(wc -l <"$2") instructions agree"
	else
		echo "FAIL p4080-ops $1: $(diff "$2" "$3" | grep -c '^<') instructions differ"
		diff "$2" "$3" | grep '^<' | head -5
		bad=1
	fi
}

timeout 120 qemu-ppc -cpu e500mc "$out/ops-user.elf" >"$out/user.ref"
timeout 120 "$model" --log 0 "$out/ops-bare.elf" >"$out/user.got"
compare user "$out/user.ref" "$out/user.got"

timeout 300 qemu-system-ppc -M ppce500 -cpu e500mc -m 64 -nic none -display none -serial stdio \
	-monitor none -no-reboot -bios "$out/ops-ppce500.elf" >"$out/system.ref"
timeout 120 "$model" --log 0 "$out/ops-enables.elf" >"$out/system.got"
compare system "$out/system.ref" "$out/system.got"
exit $bad
