"""What each server process counts. Labels are names of routes, never addresses, people or workspaces.

Under gunicorn the processes write to PROMETHEUS_MULTIPROC_DIR, which deploy/gunicorn.conf.py creates, and any of them
answers for all. Without that folder a process answers for itself.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

# A process that takes the place of another goes on in its files. By process id, each restart would leave some behind.
if place := os.environ.get("PORTAL_PROCESS"):
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: place)  # type: ignore[no-untyped-call]

SECONDS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST"})
"""Others count as “other”: a client can invent as many as it likes."""

REQUESTS = Counter("portal_requests_total", "Requests answered.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "portal_request_seconds", "How long requests took, until the last byte.", ["route"], buckets=SECONDS
)
STATEMENTS = Counter("portal_statements_total", "Database statements of requests.", ["route"])
STATEMENT_SECONDS = Counter("portal_statement_seconds_total", "Time that requests waited for the database.", ["route"])
SIGN_IN_FAILURES = Counter("portal_sign_in_failures_total", "Refused attempts to sign in.")
MAILS = Counter("portal_mails_total", "Mails that this portal tried to send.", ["result"])


def count_request(
    *, route: str, method: str, status: int, seconds: float, statements: int, statement_seconds: float
) -> None:
    REQUESTS.labels(route, method if method in METHODS else "other", str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    STATEMENTS.labels(route).inc(statements)
    STATEMENT_SECONDS.labels(route).inc(statement_seconds)


def process_registry() -> CollectorRegistry:
    """What all server processes on this machine have counted, if they share a folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
