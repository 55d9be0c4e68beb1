"""Ports for the servers of drills that run side by side."""

import random
import socket
from contextlib import suppress

BELOW_CLIENTS = range(20_000, 32_000)
"""Clients get higher ones. One of them could take a server's port while it is stopped."""


def free_port():
    while True:
        port = random.SystemRandom().choice(BELOW_CLIENTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
