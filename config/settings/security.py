"""What browsers are told and what a proxy is trusted with."""

from django.utils.csp import CSP

from config.environment import environment
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
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
IS_BEHIND_PROXY = environment.flag(
    "BEHIND_PROXY", "Whether a proxy that terminates TLS sets `X-Forwarded-Proto` on every request.", default=True
)
HSTS = {
    "SECONDS": environment.number(
        "HSTS_SECONDS", "For how long browsers insist on HTTPS, in seconds.", default=365 * 24 * 3600
    ),
    "INCLUDE_SUBDOMAINS": environment.flag("HSTS_INCLUDE_SUBDOMAINS", "HTTPS for subdomains, too.", default=True),
    "PRELOAD": environment.flag("HSTS_PRELOAD", "Allows browsers to know it in advance.", default=True),
}
if not IS_LOCAL:
    SECURE_SSL_REDIRECT = True
    # By default a proxy that terminates TLS stands in front, and must set or remove this header on every request: a
    # client that could send it itself would have its plain HTTP taken for HTTPS.
    if IS_BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = HSTS["SECONDS"]
    SECURE_HSTS_INCLUDE_SUBDOMAINS = bool(HSTS["INCLUDE_SUBDOMAINS"])
    SECURE_HSTS_PRELOAD = bool(HSTS["PRELOAD"])
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
