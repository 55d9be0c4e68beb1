"""Limits on requests, counted in the cache: in each server process, unless CACHE_URL names a shared one."""

import time

from django.core.cache import cache


def throttle(key: str, *, most: int, seconds: int = 60) -> int:
    """Counts a request. Returns the seconds to wait if there were more than `most` in this window, else 0."""
    window, elapsed = divmod(int(time.time()), seconds)
    name = f"{key}:{window}"
    cache.add(name, 0, timeout=2 * seconds)
    try:
        requests = cache.incr(name)
    except ValueError:  # a full cache has evicted the key
        return 0
    return seconds - elapsed if requests > most else 0
