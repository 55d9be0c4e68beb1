"""What the portal consists of, and where it is in production."""

import tomllib
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy

from config.admin_look import UNFOLD as UNFOLD
from config.environment import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

environment.section = "Basics"
DEBUG = environment.flag("DEBUG", "Shows tracebacks. Never in production.", default=False)
IS_LOCAL = environment.flag(
    "LOCAL",
    "Serves this machine only, over plain HTTP: nothing else has to be set. `demo` sets it.",
    default=DEBUG,
    shown="off, on with `DEBUG`",
)
# config/wsgi.py, the entry point of a web server, sets it: only then do database statements have time limits.
SERVES_PAGES = environment.env.bool("SERVES_PAGES", default=False)


def required(name: str, value: str, what: str) -> str:
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. In production the portal needs it: {what}. For a trial on this machine set LOCAL=1."
        )
    return value


def local_secret_key() -> str:
    """Stored in a file beside the code, so that sessions survive a restart."""
    file = BASE_DIR / ".secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key())
    return file.read_text()


SECRET_KEY = environment.text(
    "SECRET_KEY",
    "A long random text, the same on every server.",
    shown="required; locally generated once and stored in `.secret_key`",
    is_secret=True,
) or (local_secret_key() if IS_LOCAL else required("SECRET_KEY", "", "a long random text, the same on every server"))
SECRET_KEY_FALLBACKS = environment.texts(
    "SECRET_KEY_FALLBACKS",
    "Former secret keys, separated by commas. Erased contacts who must not be called are recognised with them.",
    is_secret=True,
)
ALLOWED_HOSTS = environment.texts(
    "ALLOWED_HOSTS",
    "The host names of the portal, separated by commas.",
    default=["localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else [],
    shown="required; locally this machine",
)
if not ALLOWED_HOSTS:
    required("ALLOWED_HOSTS", "", "the names the portal is served under, with commas between")


def address_of_host(host: str) -> str:
    """Empty for a pattern, which names many hosts."""
    return "" if host.startswith((".", "*")) else f"https://{host}"


# The base of links in mails that are sent outside a request. The local default is where the demo serves.
PORTAL_URL = environment.text(
    "PORTAL_URL",
    "The address of the portal, such as `https://portal.example`, for links in mails and in what commands print.",
    default="http://127.0.0.1:8000" if IS_LOCAL else address_of_host(ALLOWED_HOSTS[0]),
    shown="`https://` and the first of `ALLOWED_HOSTS`; locally `http://127.0.0.1:8000`, the demo",
)

INSTALLED_APPS = [
    "markets",
    "campaigns",
    "calls",
    "signals",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "django_tables2",
]

MIDDLEWARE = [
    "markets.operations.probes.ProbeMiddleware",
    "config.http.proxies.ForwardedHeaders",
    "config.monitoring.requests.RequestLogMiddleware",
    "config.db.timeouts.stalls.StalledDatabase",
    "config.db.replicas.middleware.ReadFromStandby",
    "config.http.headers.headers",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.http.compression.CompressedText",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "markets.accounts.languages.language_of_request",
    "django.contrib.messages.middleware.MessageMiddleware",
    "markets.accounts.sessions.SessionLimitsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "markets.workspaces.access.page_context",
            ],
            "builtins": ["config.ui.formats", "django.templatetags.i18n"],
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The class that suggests signals from call notes; its interface is signals.suggestions.services.Extractor.
SIGNAL_EXTRACTOR = environment.text(
    "SIGNAL_EXTRACTOR",
    "The dotted path of the class that suggests signals from notes.",
    default="signals.suggestions.phrase_matcher.PhraseExtractor",
)

# The first is what texts are written in. Mails and commands use it where a user has chosen none.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

DJANGO_TABLES2_TEMPLATE = "components/table.html"
FILTERS_EMPTY_CHOICE_LABEL = gettext_lazy("All")
