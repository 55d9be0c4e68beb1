"""Caches."""

from config.environment import environment
from config.settings.core import DEBUG

environment.section = "Cache"

# Throttles of sign-in and of the API count in this cache. The default is private to each process: with several server
# processes a limit of 5 allows up to 5 in each. To share the counts, name a common cache, e.g. CACHE_URL=dbcache://cache
# (after `manage.py createcachetable cache`) or rediscache://host:6379/0 (after installing redis).
CACHES = {
    "default": environment.env.cache_url_config(
        environment.text(
            "CACHE_URL",
            "A cache shared by server processes, such as `dbcache://cache`, for throttles.",
            default="locmemcache://",
            shown="each process its own",
            is_secret=True,
        )
    ),
    # {% cache %} keys its fragments by everything they show, so they never go stale, and each process may keep its own.
    "template_fragments": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "LOCATION": "template_fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
