"""Log records as lines: a JSON object in production, a readable line in development."""

import logging
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from config.monitoring.context import log_fields
from config.monitoring.redaction import exception_entry, is_ours, message_of

MEASURED = "measured"
"""The attribute of a record with more fields, such as those of a request. Only records of the portal have it."""


def entry_of(record: logging.LogRecord, *, withholds: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": message_of(record) if withholds else record.getMessage(),
        **log_fields(),
    }
    if is_ours(record.name):
        entry |= getattr(record, MEASURED, {})
    if record.exc_info and record.exc_info[1]:
        entry["exception"] = exception_entry(record.exc_info[1])
    return entry


class JsonLines(JsonFormatter):
    def __init__(self, *, withholds: bool = True):
        super().__init__(json_ensure_ascii=False)
        self.withholds = withholds

    def format(self, record: logging.LogRecord) -> str:
        entry = entry_of(record, withholds=self.withholds)
        if not self.withholds and record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return self.jsonify_log_record(entry)


class ReadableLines(logging.Formatter):
    def __init__(self, *, withholds: bool = True):
        super().__init__()
        self.withholds = withholds

    def format(self, record: logging.LogRecord) -> str:
        entry = entry_of(record, withholds=self.withholds)
        about = " ".join(f"{name}={value}" for name, value in log_fields().items())
        line = f"{entry['time'][11:23]} {record.levelname} {record.name}: {entry['message']}"
        line = f"{line} [{about}]" if about else line
        if record.exc_info and not self.withholds:
            return f"{line}\n{self.formatException(record.exc_info)}"
        return "\n".join([line, *_exception_lines(entry.get("exception"))])


def _exception_lines(exception: dict[str, Any] | None) -> list[str]:
    lines = []
    for each in [exception, *exception.get("causes", [])] if exception else []:
        facts = " ".join(str(each[name]) for name in ("code", "constraint", "text") if name in each)
        lines += [f"  {each['type']} {facts}".rstrip(), *(f"    {place}" for place in each["stack"])]
    return lines
