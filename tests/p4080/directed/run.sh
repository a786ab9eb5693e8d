#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# run.sh MODEL FOLDER [MODEL OPTION...]: run every directed program; PASS or FAIL per line.
# Options a program needs are in the "run:" lines of its head comment.
model=$1
folder=$2
shift 2
bad=0
for elf in "$folder"/*.elf; do
	name=$(basename "$elf" .elf)
	src=$(dirname "$0")/t-$name.c
	options=$(sed -n 's/^ \* run: //p' "$src")
	# shellcheck disable=SC2086
	if timeout 60 "$model" --log 0 --limit 50000000 $options "$@" "$elf" \
		>"$folder/$name.log" 2>&1; then
		echo "PASS p4080-directed $name"
	else
		echo "FAIL p4080-directed $name: exit $?"
		head -5 "$folder/$name.log"
		bad=1
	fi
done
exit $bad
