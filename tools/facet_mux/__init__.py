# SPDX-License-Identifier: BSD-3-Clause
"""Facet's mux on the host: channels of one serial line as ptys, TCP ports, logs, a terminal."""

from .link import Link, LinkError, from_command, from_socket, open_link
from .mux import Channel, ExpectTimeout, LinkClosed, Mux
from .wire import CHANNELS, RAW, Decoder, Encoder

__all__ = ["CHANNELS", "RAW", "Channel", "Decoder", "Encoder", "ExpectTimeout", "Link",
           "LinkClosed", "LinkError", "Mux", "from_command", "from_socket", "open_link"]
