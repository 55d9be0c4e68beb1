"""Texts that the database holds only encrypted: the secrets of second factors.

They are encrypted by Fernet (AES-128-CBC with HMAC-SHA256, cryptography's recipe) with the first of the keys in the
settings; all of them decrypt, so that a key can be replaced while the portal runs.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

PREFIX = "fernet:"
"""Begins every encrypted text. Others are from before texts were encrypted, and are read as they are."""

UNREADABLE = gettext_lazy(
    "The portal cannot read your second factor, because its encryption key has changed. Ask the portal's operator to "
    "restore the former key in ENCRYPTION_KEYS, or to reset your second factor."
)


class UnreadableSecretError(ValidationError):
    """None of the keys in the settings decrypts a text. A form shows it as its error, config/errors.py as a page."""

    def __init__(self) -> None:
        super().__init__(UNREADABLE)


def encrypt(text: str) -> str:
    return PREFIX + _fernet(_encryption_keys()).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Raises UnreadableSecretError if no key fits."""
    if not is_encrypted(stored):
        return stored
    try:
        return _fernet(_decryption_keys()).decrypt(stored.removeprefix(PREFIX).encode()).decode()
    except InvalidToken:
        raise UnreadableSecretError from None


def is_encrypted(stored: str) -> bool:
    return stored.startswith(PREFIX)


def is_current(stored: str) -> bool:
    """Whether the first key has encrypted the text."""
    if not is_encrypted(stored):
        return False
    try:
        _fernet(_encryption_keys()[:1]).decrypt(stored.removeprefix(PREFIX).encode())
    except InvalidToken:
        return False
    return True


def key_fingerprint() -> str:
    """Tells the first key from others without giving it away."""
    return hashlib.sha256(_key(_encryption_keys()[0])).hexdigest()[:8]


def _encryption_keys() -> tuple[str, ...]:
    return tuple(settings.ENCRYPTION_KEYS) or (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _decryption_keys() -> tuple[str, ...]:
    """The secret keys, too: what was encrypted before ENCRYPTION_KEYS was set stays readable."""
    return tuple(dict.fromkeys((*_encryption_keys(), settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)))


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(text: str) -> bytes:
    """A setting is any long text. Deriving keeps this key apart from other uses of the secret key."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"client-portal second factors").derive(text.encode())
    return base64.urlsafe_b64encode(derived)
