from django.db.models import Q

from markets.contacts.normalization import fold


def matches_text(text: str, contact: str = "") -> Q:
    """Q: the text is part of the name, firm, title, city, email, external ID, or of the phone's digits.

    `contact` is the path to the contact.
    """
    condition = Q(**{f"{contact}name_key__contains": fold(text)})
    for field in ("firm", "email", "external_id", "title", "city"):
        condition |= Q(**{f"{contact}{field}__icontains": text})
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    if len(digits) >= 4:
        condition |= Q(**{f"{contact}phone_e164__contains": digits})
    return condition
