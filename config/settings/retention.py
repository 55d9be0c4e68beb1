"""How long what is known is kept."""

from config.environment import environment

environment.section = "Retention"
AUDIT_RETENTION_DAYS = environment.number(
    "AUDIT_RETENTION_DAYS",
    "How long events stay in the audit log, in days. `prune_audit_log` removes older ones. 0: for ever.",
    default=730,
)
