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
WORKSPACE_EXPORT_DAYS = environment.number(
    "WORKSPACE_EXPORT_DAYS",
    "How many days the file with everything of a workspace, which a manager asked for, can be downloaded.",
    default=7,
    least=1,
)
WORKSPACE_DELETION_DAYS = environment.number(
    "WORKSPACE_DELETION_DAYS",
    "How many days after a manager requested it an archived workspace is deleted for good. Until then it can be kept.",
    default=30,
    least=1,
)
WEBHOOK_LOG_DAYS = environment.number(
    "WEBHOOK_LOG_DAYS",
    "How many days events for webhooks and the log of their deliveries are kept. What was not delivered by then is "
    "given up.",
    default=30,
    least=4,
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
