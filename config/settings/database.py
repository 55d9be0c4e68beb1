"""The database, and how long its statements may take."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.db.timeouts import stalls
from config.db.timeouts import statements as statement_timeouts
from config.environment import environment
from config.settings.core import IS_LOCAL, SERVES_PAGES

environment.section = "Database"
DATABASE_URL = environment.text(
    "DATABASE_URL",
    "`postgres://user:password@host/name` or `sqlite:///file`. Several hosts are separated by commas; "
    "`?target_session_attrs=read-write` then takes the primary.",
    default="sqlite:///db.sqlite3",
    is_secret=True,
)
DATABASES: dict[str, dict[str, Any]] = {"default": environment.env.db_url_config(DATABASE_URL)}
ON_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if not ON_SQLITE and DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://.")
POOL_SIZE = environment.number(
    "DATABASE_POOL_SIZE",
    "The most connections to PostgreSQL in each process.",
    default=8,
    least=1,
)
# Transactions are short, and fail rather than wait without end.
WAIT_FOR_LOCK = 5 if SERVES_PAGES else 20
"""Seconds, on SQLite."""
if ON_SQLITE:
    options: dict[str, object] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": WAIT_FOR_LOCK,
        # With NORMAL, a power failure could lose what was acknowledged just before.
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={'NORMAL' if IS_LOCAL else 'FULL'}; "
        f"PRAGMA busy_timeout={WAIT_FOR_LOCK * 1000};",
    }
else:
    # Queries of pages take milliseconds: starting parallel workers or JIT compilation would take longer. Indexes
    # are in memory or on an SSD: with the default cost of random reads PostgreSQL would scan whole tables.
    session = "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1"
    options = {
        # Whoever waits for a connection hears so within 5 s. A pool that cannot connect waits twice as long each time,
        # for minutes in the end: it gives up early instead, and the next request makes it try again.
        "pool": {
            "min_size": 1,
            "max_size": POOL_SIZE,
            "timeout": stalls.WAIT,
            "reconnect_timeout": 4,
            "check": stalls.check_idle,
        },
        "options": f"{session} {statement_timeouts.OPTIONS}" if SERVES_PAGES else session,
        # A server that is gone is noticed by the network after this time. One that hangs: config/db/timeouts/stalls.py.
        "connect_timeout": 3,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
# What DATABASE_URL says after its question mark counts, such as sslmode.
DATABASES["default"]["OPTIONS"] = options | DATABASES["default"].get("OPTIONS", {})
