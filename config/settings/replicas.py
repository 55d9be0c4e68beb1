"""A standby from which pages are read."""

from django.core.exceptions import ImproperlyConfigured

from config.db.replicas import STANDBY
from config.environment import environment
from config.settings.database import DATABASES, ON_SQLITE

environment.section = "Database"
REPLICA_URL = environment.text(
    "DATABASE_REPLICA_URL",
    "A hot standby of the database, from which pages, exports and reports are read: `docs/operations/replicas.md`. Its "
    "host, port and user may differ; `?target_session_attrs=standby` takes the standby of several hosts.",
    shown="none: the primary answers everything",
    is_secret=True,
)
REPLICA_MAX_LAG_SECONDS = environment.number(
    "REPLICA_MAX_LAG_SECONDS",
    "A standby that is further behind is not read from. Who has written something is shown it in any case.",
    default=10,
    least=1,
)
# Who somebody is and what they may see is never out of date: a session that was ended, a member who was removed; nor is
# what limits count in the shared cache. These apps and models are read from the primary, mostly by single rows.
READ_FROM_PRIMARY = {
    "account",
    "django_cache",
    "mfa",
    "sessions",
    "socialaccount",
    "usersessions",
    "markets.apitoken",
    "markets.auditevent",
    "markets.membership",
    "markets.user",
}
NAMESPACES_READ_FROM_STANDBY = {"api_v1"}
"""Of URLs whose GETs write nothing. Pages say so one by one."""
if REPLICA_URL:
    if ON_SQLITE:
        raise ImproperlyConfigured("DATABASE_REPLICA_URL needs PostgreSQL as DATABASE_URL.")
    given = environment.env.db_url_config(REPLICA_URL)
    primary = DATABASES["default"]
    # Time limits and planner are those of the primary. Nobody waits for a standby for long: the primary is there.
    options = primary["OPTIONS"] | {"connect_timeout": 2, "tcp_user_timeout": 2_000} | given.get("OPTIONS", {})
    if "pool" in options:
        options["pool"] = options["pool"] | {"timeout": 1.0}
    DATABASES[STANDBY] = given | {"ENGINE": primary["ENGINE"], "OPTIONS": options}
    DATABASE_ROUTERS = ["config.db.replicas.routing.StandbyRouter"]
