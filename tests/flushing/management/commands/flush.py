from typing import Any

from django.core.management.commands import flush

from config.db.append_only import removable
from markets.models.history.audit import MAINTENANCE


class Command(flush.Command):
    """Django empties all tables after a transactional test, by TRUNCATE or DELETE."""

    def handle(self, **options: Any) -> None:
        with removable(MAINTENANCE, before=None):
            super().handle(**options)
