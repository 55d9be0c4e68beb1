"""How texts of the portal stand within a sentence."""

from django.utils.translation import get_language


def within_sentence(text: str) -> str:
    """A text that stands by itself elsewhere. English begins it with a small letter; in German it may be a noun."""
    return f"{text[:1].lower()}{text[1:]}" if get_language() in (None, "en") else text
