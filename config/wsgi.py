import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SERVES_PAGES", "1")  # before the settings are read: see config/db/statement_timeouts.py
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - reads all code before the first request
gc.freeze()  # it stays: looking through it for garbage held up one request in thirty by 70 ms
