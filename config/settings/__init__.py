"""Settings, read from the environment: docs/settings.md lists all of them.

With LOCAL the portal serves only the machine that it runs on: nothing else needs to be set, and plain HTTP is allowed.
Without it the portal is in production: required settings must be given, and browsers are made to use HTTPS. The kind of
database decides nothing about security.
"""

from config.settings.accounts import *  # noqa: F403
from config.settings.backups import *  # noqa: F403
from config.settings.cache import *  # noqa: F403
from config.settings.core import *  # noqa: F403
from config.settings.database import *  # noqa: F403
from config.settings.files import *  # noqa: F403
from config.settings.identity import *  # noqa: F403
from config.settings.logs import *  # noqa: F403
from config.settings.mail import *  # noqa: F403
from config.settings.monitoring import *  # noqa: F403
from config.settings.replicas import *  # noqa: F403
from config.settings.retention import *  # noqa: F403
from config.settings.security import *  # noqa: F403
