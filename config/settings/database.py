"""The database, and how long its statements may take."""

from django.core.exceptions import ImproperlyConfigured

from config.db import statement_timeouts
from config.environment import environment
from config.settings.core import SERVES_PAGES

environment.section = "Database"
DATABASES = {
    "default": environment.env.db_url_config(
        environment.text(
            "DATABASE_URL",
            "`postgres://user:password@host/name` or `sqlite:///file`.",
            default="sqlite:///db.sqlite3",
            is_secret=True,
        )
    )
}
ON_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if not ON_SQLITE and DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://.")
# Transactions are short, and fail rather than wait without end.
if ON_SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
        # Queries of pages take milliseconds: starting parallel workers or JIT compilation would take longer. Indexes
        # are in memory or on an SSD: with the default cost of random reads PostgreSQL would scan whole tables.
        "options": "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1",
    }
    if SERVES_PAGES:
        DATABASES["default"]["OPTIONS"]["options"] += f" {statement_timeouts.OPTIONS}"
