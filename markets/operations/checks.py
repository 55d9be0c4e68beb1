"""What `manage.py check --deploy` looks at besides the settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError, connection

from config.db.session import LIMITS

GIVEN_TO_ROLES = """
SELECT split_part(setting, '=', 1)
FROM pg_db_role_setting, unnest(setconfig) AS setting
WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
HINT = "docs/operations/poolers.md: give the role of pages its limits with what `manage.py database_roles` prints."


def check_limits_of_roles(**kwargs: Any) -> list[CheckMessage]:
    """Behind a pooler, a page is held to no limit that its role does not have."""
    if not settings.DATABASE_POOLER:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(GIVEN_TO_ROLES)
            given = {name for (name,) in cursor.fetchall()}
    except DatabaseError as error:
        return [Warning(f"Behind the pooler the database does not answer: {error}", hint=HINT, id="portal.W002")]
    if missing := [name for name in LIMITS if name not in given]:
        words = f"Behind a pooler pages run without limits: no role of the database has {', '.join(missing)}."
        return [Warning(words, hint=HINT, id="portal.W001")]
    return []
