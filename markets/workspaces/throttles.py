"""Limits, counted exactly in the cache that all server processes share.

A window begins at a multiple of its length, so that up to twice as many may fall into a time of that length that begins
in the middle of one.
"""

import time

from django.core.cache import cache
from django.db import DatabaseError, transaction


def throttle(key: str, *, most: int, seconds: int = 60) -> int:
    """Counts a request. Returns the seconds to wait if there were more than `most` in this window, else 0."""
    return seconds_left(seconds) if count(key, seconds=seconds) > most else 0


def throttle_reading(key: str, *, most: int) -> int:
    """As throttle, for what is shown without signing in: a database that takes no writes, such as a standby, still
    shows it."""
    try:
        with transaction.atomic():
            return throttle(key, most=most)
    except DatabaseError:
        return 0


def count(key: str, *, seconds: int, by: int = 1) -> int:
    """Adds to what was counted in this window and returns the sum. With 0 it only looks."""
    name = f"{key}:{int(time.time()) // seconds}"
    if by == 0:
        return cache.get(name, 0)
    if cache.add(name, by, timeout=2 * seconds):
        return by
    try:
        return cache.incr(name, by)
    except ValueError:  # it was deleted in between
        return by


def seconds_left(seconds: int) -> int:
    """Until the next window of this length begins."""
    return seconds - int(time.time()) % seconds
