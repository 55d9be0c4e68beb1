"""What load balancers and Prometheus may ask."""

from config.environment import environment
from config.settings.core import IS_LOCAL

environment.section = "Monitoring"

METRICS_TOKEN = environment.text(
    "METRICS_TOKEN",
    "Opens `/metrics`, and the reasons in `/readyz`, to who sends it as “Authorization: Bearer …”.",
    shown="none: `/metrics` is closed",
    is_secret=True,
)
WORKER_REQUIRED = environment.flag(
    "WORKER_REQUIRED",
    "Whether the portal is not ready without an import worker.",
    default=not IS_LOCAL,
    shown="on; off locally",
)
WORKER_SILENCE_SECONDS = environment.number(
    "WORKER_SILENCE_SECONDS", "After how long without a heartbeat a worker counts as dead.", default=60, least=1
)
DISK_MIN_MB = environment.number(
    "DISK_MIN_MB", "Less free space for uploads, or for a SQLite database, makes the portal not ready.", default=500
)
