"""How long what is known is kept."""

from pathlib import Path

from config.environment import environment
from config.settings.core import BASE_DIR

environment.section = "Retention"
AUDIT_RETENTION_DAYS = environment.number(
    "AUDIT_RETENTION_DAYS",
    "How long events stay in the audit log, in days. `prune_audit_log` removes older ones. 0: for ever.",
    default=730,
)
DRAFT_DAYS = environment.number(
    "DRAFT_DAYS", "After how many days an uploaded file that nobody imported is deleted.", default=7, least=1
)
REJECT_DAYS = environment.number(
    "REJECT_DAYS",
    "How many days after an import `apply_retention` empties its rejected rows and its report. 0: never.",
    default=90,
)
ERASURE_LEDGER = Path(
    environment.text(
        "ERASURE_LEDGER",
        "A file that lists erasures by number, for `reapply_erasures` after a restore. Best on another disk than the "
        "database, shared by web server and timers.",
        default=str(BASE_DIR / ".erasures.jsonl"),
        shown="`.erasures.jsonl` beside the code",
    )
)
