"""Listens to everything that is logged, as production writes it and, for controls, as libraries would."""

import logging
from contextlib import contextmanager

from config.monitoring.log_lines import JsonLines
from config.monitoring.redaction import OURS

AT_DEBUG = (*OURS, "django.db.backends")


class Watch(logging.Handler):
    """`written` are the lines of production; `unguarded` what the usual formatter makes of the same records."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.written, self.unguarded = [], []
        self.lines, self.usual = JsonLines(), logging.Formatter("%(levelname)s %(name)s %(message)s")

    def emit(self, record):
        self.written.append(self.lines.format(record))
        self.unguarded.append(self.usual.format(record))
        record.exc_text = None


@contextmanager
def watched_logs():
    """The portal's loggers and SQL at DEBUG, Django's at INFO, whatever the settings of the test say."""
    watch = Watch()
    levels = dict.fromkeys(AT_DEBUG, logging.DEBUG) | dict.fromkeys(
        ["django", "django.request", "django.security.DisallowedHost", "gunicorn.error"], logging.INFO
    )
    loggers = {logging.getLogger(name): level for name, level in levels.items()}
    before = {logger: logger.level for logger in loggers}
    for logger, level in loggers.items():
        logger.setLevel(level)
    places = [logging.getLogger(), logging.getLogger("gunicorn.error")]
    for each in places:
        each.addHandler(watch)
    try:
        yield watch
    finally:
        for each in places:
            each.removeHandler(watch)
        for logger, level in before.items():
            logger.setLevel(level)


def canaries_in(lines, canaries):
    """How many lines hold one of the words."""
    return sum(any(canary.lower() in line.lower() for canary in canaries) for line in lines)
