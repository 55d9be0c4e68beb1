"""The portal's settings with Django's own backend, which leaves cursors open between transactions, for a control."""

import os

os.environ.setdefault("SERVES_PAGES", "1")

from config.settings import *  # noqa: F403

DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"  # noqa: F405
