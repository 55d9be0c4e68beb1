"""The portal's settings for a drill that serves pages, without static files from collectstatic.

DRILL_GUARD=cache gives each process a cache of its own, for a control.
"""

import os

os.environ.setdefault("SERVES_PAGES", "1")

from config.settings import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
if os.environ.get("DRILL_GUARD") == "cache":
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # noqa: F405
