"""What browsers are told and what a proxy is trusted with."""

import re
from datetime import date

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config.environment import environment
from config.http.proxies import TrustedProxies
from config.settings.core import IS_LOCAL

environment.section = "Behind a proxy"

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
# Everywhere, by config.http.headers. Scripts of a page may use nothing of the machine but passkeys.
PERMISSIONS_POLICY = {
    "accelerometer": "()",
    "autoplay": "()",
    "camera": "()",
    "display-capture": "()",
    "encrypted-media": "()",
    "fullscreen": "(self)",
    "geolocation": "()",
    "gyroscope": "()",
    "magnetometer": "()",
    "microphone": "()",
    "midi": "()",
    "payment": "()",
    "publickey-credentials-create": "(self)",
    "publickey-credentials-get": "(self)",
    "screen-wake-lock": "()",
    "usb": "()",
    "xr-spatial-tracking": "()",
}
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
CROSS_ORIGIN_EMBEDDER_POLICY = "require-corp"
# In the session, not in a cookie of their own: a message can name a person.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TRUSTED_PROXIES = environment.texts(
    "TRUSTED_PROXIES",
    "Whose `X-Forwarded-For` and `X-Forwarded-Proto` count: addresses or networks of your proxies, with commas; "
    "`unix` is whoever connects to a Unix socket, `none` is nobody. A proxy must set both on every request.",
    default=["127.0.0.1", "::1", "unix"],
    shown="a proxy on the same machine: `127.0.0.1, ::1, unix`",
)
try:
    TrustedProxies.named(TRUSTED_PROXIES)
except ValueError as error:
    raise ImproperlyConfigured(f"TRUSTED_PROXIES is “{', '.join(TRUSTED_PROXIES)}”: {error}.") from None
# A year, but of this host alone: whoever runs the portal under a name of their company does not thereby promise HTTPS
# for all of its other hosts, and leaving the browsers' preload list takes months.
HSTS = {
    "SECONDS": environment.number(
        "HSTS_SECONDS",
        "For how long browsers insist on HTTPS for this host, in seconds. 0 sends no such header.",
        default=365 * 24 * 3600,
    ),
    "INCLUDE_SUBDOMAINS": environment.flag(
        "HSTS_INCLUDE_SUBDOMAINS",
        "Whether browsers insist on HTTPS for all subdomains of this host, too.",
        default=False,
    ),
    "PRELOAD": environment.flag(
        "HSTS_PRELOAD",
        "Whether the host may be in the browsers' preload list. It also takes `HSTS_INCLUDE_SUBDOMAINS`.",
        default=False,
    ),
}
# check --deploy warns unless subdomains are included and preloading is allowed, which the operator decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURITY_CONTACT = environment.text(
    "SECURITY_CONTACT",
    "Whom to tell of a security problem, such as `mailto:security@portal.example`, for `/.well-known/security.txt`.",
)
SECURITY_CONTACT_UNTIL = environment.text(
    "SECURITY_CONTACT_UNTIL",
    "The last day of that contact, YYYY-MM-DD, at most a year ahead. Afterwards `security.txt` is not found.",
    shown="required with `SECURITY_CONTACT`",
)
if SECURITY_CONTACT:
    try:
        date.fromisoformat(SECURITY_CONTACT_UNTIL)
    except ValueError:
        raise ImproperlyConfigured(
            f"SECURITY_CONTACT_UNTIL is “{SECURITY_CONTACT_UNTIL}”; write the last day of the contact as YYYY-MM-DD."
        ) from None
    if not re.match("mailto:|https://|tel:", SECURITY_CONTACT):
        raise ImproperlyConfigured(
            f"SECURITY_CONTACT is “{SECURITY_CONTACT}”; begin it with mailto:, https:// or tel:."
        )
environment.section = "Webhooks"
WEBHOOK_ALLOWED_HOSTS = environment.texts(
    "WEBHOOK_ALLOWED_HOSTS",
    "Hosts to which webhooks are sent although they are not on the public internet, also without TLS, with commas.",
)
if not IS_LOCAL:
    SECURE_SSL_REDIRECT = True
    # config.http.proxies deletes this header unless a trusted proxy has set it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = HSTS["SECONDS"]
    SECURE_HSTS_INCLUDE_SUBDOMAINS = bool(HSTS["INCLUDE_SUBDOMAINS"])
    SECURE_HSTS_PRELOAD = bool(HSTS["PRELOAD"])
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
