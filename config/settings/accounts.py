"""Users, sign-in and sessions."""

from django.core.exceptions import ImproperlyConfigured

from config.environment import environment
from config.settings.core import IS_LOCAL

environment.section = "Sign-in"

# Without keys of its own, second factors are encrypted with a key derived from SECRET_KEY: a dump of the database alone
# does not give them away either way. Keys of their own let SECRET_KEY be replaced without fallbacks, and be known to
# fewer people than the database's backups.
ENCRYPTION_KEYS = environment.texts(
    "ENCRYPTION_KEYS",
    "Long random texts, separated by commas, that encrypt the secrets of second factors: the first encrypts, all "
    "decrypt. After a change run `rotate_encryption_keys`.",
    shown="derived from `SECRET_KEY` and `SECRET_KEY_FALLBACKS`",
    is_secret=True,
)
if any(len(key) < 32 for key in ENCRYPTION_KEYS):
    raise ImproperlyConfigured("Each key in ENCRYPTION_KEYS must have at least 32 characters: `openssl rand -hex 32`.")

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
ACCOUNT_ADAPTER = "markets.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_FORMS = {
    "login": "markets.accounts.forms.SignInForm",
    "signup": "markets.accounts.forms.InvitedSignupForm",
}
# Notices of changes let somebody notice what they did not do themselves.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Signs in with the reset, and asks for the second factor: whoever reads the account's mail is never locked out of it.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Sign-in with a password is limited by markets/accounts/sign_in_limits.py. What is left here counts for one user (codes
# of second factors), or for an address where nobody behind it has a password to be right about. A passkey can't be
# guessed.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "reset_password": "60/m/ip,3/m/key",
    "reset_password_from_key": "60/m/ip",
    "signup": "60/m/ip",
}
MFA_RATE_LIMITS = {"webauthn_login": None}
# Which accounts this browser has signed in with (markets/accounts/known_devices.py).
DEVICE_COOKIE_NAME = "device" if IS_LOCAL else "__Host-device"
MFA_ADAPTER = "markets.accounts.adapters.MFAAdapter"
MFA_TOTP_ISSUER = "Client Portal"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "markets.accounts.forms.AddPasskeyForm",
    "authenticate": "markets.audit.sign_ins.SecondFactorForm",
    "authenticate_webauthn": "markets.audit.sign_ins.SecondFactorPasskeyForm",
    "login_webauthn": "markets.audit.sign_ins.PasskeySignInForm",
}
# allauth would refuse both a second factor to who has a new address to confirm, and a new address to who has a second
# factor. That protects open sign-ups; here an account begins with an address that an invitation has verified.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# Sessions. The cookie ends with the browser unless the user asks to stay signed in; markets/accounts/sessions.py ends
# sessions on the server.
SESSION_IDLE_MINUTES = environment.number(
    "SESSION_IDLE_MINUTES",
    "After how many minutes without a request a session ends, unless its user asked to stay signed in. Staff's always.",
    default=120,
    least=5,
)
SESSION_DAYS = environment.number(
    "SESSION_DAYS", "After how many days a session ends in any case, counted from the sign-in.", default=14, least=1
)
MAY_STAY_SIGNED_IN = environment.flag(
    "SESSION_REMEMBER", "Whether the sign-in page offers to stay signed in for `SESSION_DAYS`.", default=True
)
ACCOUNT_SESSION_REMEMBER = None if MAY_STAY_SIGNED_IN else False
SESSION_COOKIE_AGE = SESSION_DAYS * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
USERSESSIONS_TRACK_ACTIVITY = True
