"""Addresses of web pages: completed to a URL, and reduced to the canonical form by which profiles are compared."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

SCHEMELESS = re.compile(r"(//)?[^\s/@:]+\.[a-z]{2,}(:\d+)?([/?#]\S*)?", re.IGNORECASE)
COUNTRY_HOST = re.compile(r"(?:www|m|mobile|[a-z]{2})\.(?=(?:linkedin|xing|facebook|viadeo)\.com$)")
PROFILE_HOSTS = ("linkedin.com", "xing.com")
OF_A_FIRM = re.compile(r"linkedin\.com/(company|school|showcase|groups)/|xing\.com/(companies|pages)/")
LONGEST_KEY = 200


def complete_url(text: str) -> str:
    """The address with https:// where the scheme is missing; empty if it is not one."""
    if SCHEMELESS.fullmatch(text):
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in text
    except ValueError:
        return ""
    return text if is_address else ""


def profile_key(url: str) -> str:
    """The canonical form of a URL from `complete_url`; empty if that cannot tell people apart."""
    parts = urlsplit(url)
    host = COUNTRY_HOST.sub("", (parts.hostname or "").removeprefix("www.")).lower()
    path = unicodedata.normalize("NFC", unquote(parts.path)).strip("/").casefold()
    if host == "linkedin.com":
        path = re.sub(r"^(in/[^/]+)/.*", r"\1", path)
    elif parts.query and host not in PROFILE_HOSTS:
        path = f"{path}?{parts.query}"
    key = f"{host}/{path}"
    return key if path and len(key) <= LONGEST_KEY and not OF_A_FIRM.match(key) else ""


def is_personal(key: str) -> bool:
    """Whether the page of a `profile_key` is certainly one person's."""
    return key.startswith(tuple(f"{host}/" for host in PROFILE_HOSTS))
