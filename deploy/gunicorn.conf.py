"""How gunicorn serves the portal: gunicorn -c deploy/gunicorn.conf.py config.wsgi. Its own settings are in
https://gunicorn.org/reference/settings/; those that differ between machines are read from the environment."""

import itertools
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

bind = os.environ.get("PORTAL_BIND", "127.0.0.1:8000")
# A page mostly waits for the database: twice as many processes as cores, each with some threads for slow statements and
# long downloads. docs/operations/sizing.md has the measurements.
workers = int(os.environ.get("WEB_CONCURRENCY") or 2 * (os.cpu_count() or 1))
worker_class = "gthread"
threads = int(os.environ.get("PORTAL_THREADS") or 4)
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than proxies keep connections open, so that none sends into one that is just being closed
max_requests, max_requests_jitter = 10_000, 1_000
limit_request_line = 8190
MEMORY = "/dev/shm"  # noqa: S108 - files of heartbeats, which must not wait for a disk
worker_tmp_dir = MEMORY if os.access(MEMORY, os.W_OK) else None
control_socket_disable = True
# The portal itself logs each request, without personal data.
accesslog = None
errorlog = "-"
if (
    os.environ.get("LOG_FORMAT", "json") == "json"
):  # of the process that starts the others; those log as the portal does
    logconfig_dict = {
        "formatters": {
            "lines": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "%(levelname)s %(name)s %(message)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "time",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": "WARNING", "handlers": ["console"]},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}},
    }

# Processes count requests in files of this folder, and any of them answers for all. Set before the portal is imported.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="portal-metrics-")
METRICS = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def on_starting(server: Any) -> None:
    """What the processes before a restart have counted is gone with them."""
    shutil.rmtree(METRICS, ignore_errors=True)
    METRICS.mkdir(parents=True, exist_ok=True)


def pre_fork(server: Any, worker: Any) -> None:
    taken = {each.place for each in server.WORKERS.values()}
    worker.place = next(number for number in itertools.count(1) if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """A process that replaces another goes on in its files, so that they do not become more with every restart."""
    os.environ["PORTAL_PROCESS"] = str(worker.place)


def on_exit(server: Any) -> None:
    shutil.rmtree(METRICS, ignore_errors=True)
