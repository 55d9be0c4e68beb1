"""The portal's settings with fast password hashes and mail in memory; DATABASE_URL chooses the database."""

import atexit
import os
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ["DEBUG"] = "1"

from config.settings import *  # noqa: F403

DEBUG = False
DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405
INSTALLED_APPS.append("tests.flushing")  # noqa: F405
CACHES["template_fragments"]["BACKEND"] = "django.core.cache.backends.locmem.LocMemCache"  # noqa: F405 - as in production
CACHES["default"]["OPTIONS"] = {"CULL_EVERY": 0}  # noqa: F405 - a page's statements are the same each time
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

imports = TemporaryDirectory(prefix="imports-")
atexit.register(imports.cleanup)
IMPORTS_ROOT = Path(imports.name)
ledger = TemporaryDirectory(prefix="ledger-")
atexit.register(ledger.cleanup)
ERASURE_LEDGER = Path(ledger.name) / "erasures.jsonl"
