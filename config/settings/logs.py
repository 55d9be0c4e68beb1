"""Logs.

Neither Django's error mails nor a service for errors is used: both send what somebody typed, cookies and the values of
variables. An error is a line in the log and a request with status 5xx in the metrics, about which Prometheus alerts.
"""

import logging

from django.core.exceptions import ImproperlyConfigured

from config.environment import environment
from config.monitoring.redaction import OURS
from config.settings.core import IS_LOCAL

environment.section = "Logs"

FORMATS = {"json": "config.monitoring.log_lines.JsonLines", "text": "config.monitoring.log_lines.ReadableLines"}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMAT = environment.text(
    "LOG_FORMAT",
    "`json` for JSON objects or `text` for readable lines. Both leave out personal data, except locally.",
    default="text" if IS_LOCAL else "json",
    shown="json; locally text",
)
LOG_LEVEL = environment.text(
    "LOG_LEVEL",
    "The least important lines of the portal to log: `DEBUG`, `INFO` (one line per request), `WARNING` or `ERROR`.",
    default="INFO",
).upper()
if LOG_FORMAT not in FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT is “{LOG_FORMAT}”; write json or text.")
if LOG_LEVEL not in LEVELS:
    raise ImproperlyConfigured(f"LOG_LEVEL is “{LOG_LEVEL}”; write one of {', '.join(LEVELS)}.")


def is_no_probe(record: logging.LogRecord) -> bool:
    """False for Django's line about a red /readyz, which is asked every few seconds and reports its changes itself."""
    request = getattr(record, "request", None)
    return getattr(request, "path_info", "").removesuffix("/") != "/readyz"


TO_CONSOLE = {"handlers": ["console"], "propagate": False}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": FORMATS[LOG_FORMAT], "withholds": not IS_LOCAL}},
    "filters": {"no_probes": {"()": "django.utils.log.CallbackFilter", "callback": is_no_probe}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        **{app: {"level": LOG_LEVEL} for app in OURS},
        # Without Django's own handlers, which print to the console and mail to administrators.
        "django": {"handlers": [], "level": "INFO"},
        # The line of each request tells the same of 4xx, and without its address.
        "django.request": {"level": "ERROR", "filters": ["no_probes"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        "gunicorn.error": {**TO_CONSOLE, "level": "INFO"},
        "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
    },
}
