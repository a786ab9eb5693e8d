# SPDX-License-Identifier: BSD-3-Clause
"""Bundles: a layout and the images it names in one FIT."""
