"""Settings, read from the environment.

With LOCAL the portal serves only the machine that it runs on: nothing needs to be set, and plain HTTP is allowed.
Without it the portal is in production: required settings must be given, and browsers are made to use HTTPS.
"""

import tomllib
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.csp import CSP

from config.admin_look import UNFOLD as UNFOLD
from config.db import statement_timeouts

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DATABASES = {"default": env.db_url_config(env.str("DATABASE_URL", default="") or "sqlite:///db.sqlite3")}
ON_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if not ON_SQLITE and DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://.")
# config/wsgi.py, the entry point of a web server, sets SERVES_PAGES. Only commands on SQLite are local by default (the
# demo, the tests, a first look): a web server is in production on every database, unless LOCAL or DEBUG says otherwise.
SERVES_PAGES = env.bool("SERVES_PAGES", default=False)
IS_LOCAL = env.bool("LOCAL", default=DEBUG or (ON_SQLITE and not SERVES_PAGES))


def required(name: str, what: str) -> str:
    value = env.str(name, default="")
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


SECRET_KEY = env.str("SECRET_KEY", default="") or (
    local_secret_key() if IS_LOCAL else required("SECRET_KEY", "a long random text, the same on every server")
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or (
    ["localhost", "127.0.0.1", "[::1]"]
    if IS_LOCAL
    else required("ALLOWED_HOSTS", "the names the portal is served under, with commas between").split(",")
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
    "django_filters",
    "django_htmx",
    "django_tables2",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
            "builtins": ["config.ui.formats"],
        },
    }
]

# Transactions are short, and fail rather than wait without end.
if ON_SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
        # Queries of pages take milliseconds: starting parallel workers or JIT compilation would take longer. Indexes
        # are in memory or on an SSD: with the default cost of random reads PostgreSQL would scan whole tables.
        "options": "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1",
    }
    if SERVES_PAGES:
        DATABASES["default"]["OPTIONS"]["options"] += f" {statement_timeouts.OPTIONS}"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttles of sign-in and of the API count in this cache. The default is private to each process: with several server
# processes a limit of 5 allows up to 5 in each. To share the counts, name a common cache, e.g. CACHE_URL=dbcache://cache
# (after `manage.py createcachetable cache`) or rediscache://host:6379/0 (after installing redis).
CACHES = {
    "default": env.cache_url("CACHE_URL", default="locmemcache://"),
    # {% cache %} keys its fragments by everything they show, so they never go stale, and each process may keep its own.
    "template_fragments": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "LOCATION": "template_fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

# Accounts: by invitation only, signed in by email address, throttled, with a second factor (required for ops staff).
AUTH_USER_MODEL = "markets.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "markets.workspaces.invitations.InvitedOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_FORMS = {"signup": "markets.workspaces.invitations.InvitedSignupForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_TOTP_ISSUER = "Client Portal"

# Without EMAIL_URL, mail is printed to the console.
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Client Portal <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
mail = env.email_url("EMAIL_URL", default="consolemail://")
MAILERS = {"default": {"BACKEND": mail["EMAIL_BACKEND"]}}
if mail["EMAIL_BACKEND"].endswith(".smtp.EmailBackend"):
    MAILERS["default"]["OPTIONS"] = {
        "host": mail["EMAIL_HOST"],
        "port": mail["EMAIL_PORT"],
        "username": mail["EMAIL_HOST_USER"],
        "password": mail["EMAIL_HOST_PASSWORD"],
        "use_tls": mail.get("EMAIL_USE_TLS", False),
        "use_ssl": mail.get("EMAIL_USE_SSL", False),
        "timeout": 10,
    }

# The base of links in mails that are sent outside a request. The default is where the demo serves.
PORTAL_URL = env.str("PORTAL_URL", default="") or ("http://127.0.0.1:8000" if IS_LOCAL else "")

# The class that suggests signals from call notes; its interface is signals.suggestions.services.Extractor.
SIGNAL_EXTRACTOR = env.str("SIGNAL_EXTRACTOR", default="") or "signals.suggestions.phrase_matcher.PhraseExtractor"

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = IS_LOCAL
IMPORTS_ROOT = Path(env.str("IMPORTS_ROOT", default="") or BASE_DIR / ".imports")  # uploads until imported
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# The admin needs a wider policy, and sets its own (config/admin.py).
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if not IS_LOCAL:
    SECURE_SSL_REDIRECT = True
    # By default a proxy that terminates TLS stands in front, and must set or remove this header on every request: a
    # client that could send it itself would have its plain HTTP taken for HTTPS.
    if env.bool("BEHIND_PROXY", default=True):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

DJANGO_TABLES2_TEMPLATE = "components/table.html"
FILTERS_EMPTY_CHOICE_LABEL = "All"
