"""The entry point of a web server: `gunicorn config.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SERVES_PAGES", "1")  # before the settings are read, which depend on it
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - imports all code before the first request
gc.freeze()  # exempts that code from garbage collection, which delayed one request in thirty by 70 ms
gc.set_threshold(50_000, 10, 10)  # a page's garbage goes at once, not in dozens of turns: 8 % of a page's CPU time
