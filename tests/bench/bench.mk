# SPDX-License-Identifier: BSD-3-Clause
# Instructions per operation under deterministic QEMU, counted by a TCG plugin of our own.

bench: hv guests
	@tests/bench/run $(O)
