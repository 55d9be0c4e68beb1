"""The database, and how long its statements may take."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.db.session import LIMITS, PLANNER, start_up_options
from config.db.timeouts import stalls
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
DATABASE_POOLER = environment.flag(
    "DATABASE_POOLER",
    "`DATABASE_URL` leads to a pooler in transaction mode, such as PgBouncer. What a connection is otherwise told when "
    "it opens, its role must have then: `docs/operations/poolers.md`.",
    default=False,
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
    DATABASES["default"]["ENGINE"] = "config.db.postgresql"
    started_with = {} if DATABASE_POOLER else PLANNER | LIMITS if SERVES_PAGES else PLANNER
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
        "options": start_up_options(started_with),
        # A server that is gone is noticed by the network after this time. One that hangs: config/db/timeouts/stalls.py.
        "connect_timeout": 3,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
# What DATABASE_URL says after its question mark counts, such as sslmode.
DATABASES["default"]["OPTIONS"] = options | DATABASES["default"].get("OPTIONS", {})
