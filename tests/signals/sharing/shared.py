"""Shared links for tests, and words that must not show on them."""

from datetime import timedelta

from django.urls import reverse

from signals.sharing.links import sections_of, share

CANARIES = {
    "name": "Quillon Ravenscroft",
    "firm_of_few": "Nightjar LLP",
    "title": "Keeper of Seals",
    "email": "quillon@canary.example",
    "phone": "(212) 555-0142",
    "number": "12125550142",
    "evidence": "said the moat is dry",
    "notes": "mentioned the drawbridge",
    "caller": "Ottoline Wren",
    "brief": "ask about the portcullis",
    "reason": "the moat froze",
}

CONTACT_ID = 987_654_321


def link_to(thing, **options):
    """The link and the path of its page."""
    options = {"sections": list(sections_of(thing)), "label": "A client"} | options
    expires_on = options.pop("expires_on", thing.workspace.today() + timedelta(days=30))
    link, token = share(thing=thing, by=None, expires_on=expires_on, **options)
    return link, reverse("shared_page", args=[token])


def body_of(page):
    return page.content.decode()
