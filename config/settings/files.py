"""Static files and uploads."""

from pathlib import Path

from config.environment import environment
from config.settings.core import BASE_DIR, IS_LOCAL

environment.section = "Files"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = IS_LOCAL
IMPORTS_ROOT = Path(
    environment.text(
        "IMPORTS_ROOT",
        "A private folder for files that are being imported, shared by web server and worker.",
        default=str(BASE_DIR / ".imports"),
        shown="`.imports` beside the code",
    )
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
