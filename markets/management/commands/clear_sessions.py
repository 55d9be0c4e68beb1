from typing import Any

from markets.accounts.sessions import clear_sessions
from markets.management.command import PortalCommand
from markets.models import OperatorTask
from markets.operations.task_runs import recorded_run


class Command(PortalCommand):
    help = (
        "Deletes sessions that have expired, were idle for too long or began too long ago. Nobody can use them any "
        "more; run it every day, so that the database does not keep them."
    )
    examples = """
        clear_sessions
    """

    def handle(self, *args: object, **options: Any) -> None:
        with recorded_run(OperatorTask.SESSIONS) as figures:
            cleared = clear_sessions()
            figures.update(expired=cleared.expired, ended=cleared.ended)
        plural = "" if cleared.ended == 1 else "s"
        text = f"Cleared {cleared.expired:,} expired and {cleared.ended:,} ended session{plural}."
        self.report(text, options, expired=cleared.expired, ended=cleared.ended)
