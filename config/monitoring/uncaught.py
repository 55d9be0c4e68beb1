"""Errors that end a command are logged like all others: the text that Python prints may quote a row."""

import logging
import sys
from types import TracebackType

from django.apps import apps
from django.conf import settings

logger = logging.getLogger(__name__)


def log_uncaught_errors() -> None:
    sys.excepthook = report


def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Python's own report while the settings are being read, and locally."""
    if not apps.ready or settings.IS_LOCAL or not issubclass(kind, Exception):
        sys.__excepthook__(kind, error, trace)
    else:
        logger.critical("Ended by %s", error, exc_info=(kind, error, trace))
