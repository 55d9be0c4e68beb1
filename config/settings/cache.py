"""Caches."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import environment
from config.settings.core import DEBUG, IS_LOCAL

environment.section = "Cache"

# Shared by all server processes: limits are counted here, and used codes of authenticator apps are remembered. It holds
# no personal data. The database is as good a place as Redis up to some hundred sign-ins and API requests a second, and
# has no second server to run; so it is on SQLite, too, where several processes may serve as well.
CACHE_URL = environment.text(
    "CACHE_URL",
    "A shared cache other than the database: Redis or Valkey, such as `redis://host:6379/0`.",
    shown="the database",
    is_secret=True,
)
SHARED_CACHE: dict[str, Any] = {
    "BACKEND": "config.db.shared_cache.SharedCache",
    "LOCATION": "markets_cachedvalue",
}
if CACHE_URL:
    SHARED_CACHE = environment.env.cache_url_config(CACHE_URL)
    if "redis" in SHARED_CACHE["BACKEND"]:
        # A server that hangs fails a request instead of holding up a process.
        SHARED_CACHE["OPTIONS"] = {"socket_timeout": 2, "socket_connect_timeout": 2} | SHARED_CACHE.get("OPTIONS", {})
    elif not IS_LOCAL:
        raise ImproperlyConfigured(
            "CACHE_URL must begin with redis:// or rediss://. Other caches are private to each server process or "
            "do not count exactly, so that limits on sign-in would not hold."
        )
CACHES = {
    "default": SHARED_CACHE,
    # What takes long to find and may be found again: each process keeps its own, in memory only, because it may hold
    # personal data.
    "computed": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "computed"},
    # {% cache %} keys its fragments by everything they show, so they never go stale, and each process may keep its own.
    "template_fragments": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "LOCATION": "template_fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
