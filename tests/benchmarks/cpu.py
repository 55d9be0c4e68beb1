"""CPU time of processes on this machine: unlike the clock, it means something while others use the machine, too."""

import time
from collections.abc import Callable
from pathlib import Path

type Times = tuple[float, float]
"""Milliseconds by the clock, and on the CPU."""


def seconds_on_cpu(process: int) -> float:
    """Of the main thread of a process, which is all that a backend of PostgreSQL has; 0 if it is elsewhere."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0


def timed(action: Callable[[], object], backend: int = 0) -> Times:
    """What an action takes by the clock, and on the CPU by this process and the backend that works for it."""
    begun, own, theirs = time.perf_counter(), time.process_time(), seconds_on_cpu(backend)
    action()
    worked = time.process_time() - own + seconds_on_cpu(backend) - theirs
    return (time.perf_counter() - begun) * 1000, worked * 1000


def backend_pid() -> int:
    """The process ID of the PostgreSQL backend of the default connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
