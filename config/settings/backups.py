"""Where backups go, who can read them, and how many are kept."""

from pathlib import Path

from config.environment import environment
from config.settings.core import BASE_DIR

environment.section = "Backups"

BACKUP_ROOT = Path(
    environment.text(
        "BACKUP_ROOT",
        "A private folder for backups, best on another disk or machine.",
        default=str(BASE_DIR / ".backups"),
        shown="`.backups` beside the code",
    )
)
BACKUP_AGE_RECIPIENTS = environment.texts(
    "BACKUP_AGE_RECIPIENTS",
    "Public keys of [age](https://age-encryption.org), separated by commas, that backups are encrypted for.",
    shown="not encrypted",
)
BACKUP_GPG_RECIPIENTS = environment.texts(
    "BACKUP_GPG_RECIPIENTS",
    "Keys of GPG instead, separated by commas. The keyring must have them.",
    shown="not encrypted",
)
BACKUP_AGE_IDENTITY = environment.text(
    "BACKUP_AGE_IDENTITY",
    "The file of the private key of age that `restore` reads backups with. Keep it off the server until then.",
)
BACKUP_KEEP = {
    "daily": environment.number("BACKUP_KEEP_DAILY", "For how many days one backup is kept.", default=7),
    "weekly": environment.number("BACKUP_KEEP_WEEKLY", "For how many weeks one is kept.", default=5),
    "monthly": environment.number("BACKUP_KEEP_MONTHLY", "For how many months one is kept.", default=6),
}
POSTGRESQL_BIN = environment.text(
    "POSTGRESQL_BIN",
    "The folder of `pg_dump` and `pg_restore`.",
    shown="the ones on the path or of Debian that fit the server",
)
