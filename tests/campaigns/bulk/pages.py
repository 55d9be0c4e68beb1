"""Selecting on a list as a browser without scripts does: it sends the whole form by one of its buttons."""

import re
from html import unescape

from django.urls import reverse

FORM = re.compile(r'<form id="bulk".*?action="([^"]+)".*?</form>', re.DOTALL)
INPUT = re.compile(r"<input[^>]*>", re.DOTALL)


def attributes(tag):
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}


def form_of(page):
    """The address and the fields of the form on the page."""
    text = page.content.decode()
    found = FORM.search(text)
    assert found, "the page has no form to select with"
    own = [attributes(tag) for tag in INPUT.findall(found[0])]
    boxes = [(tag, attributes(tag)) for tag in INPUT.findall(text) if 'form="bulk"' in tag]
    data = {each["name"]: each["value"] for each in own}
    data["shown"] = [each["value"] for _, each in boxes if each["name"] == "shown"]
    data["contact"] = [each["value"] for tag, each in boxes if each["name"] == "contact" and "checked" in tag]
    return unescape(found[1]), data


def press(client, page, button="", *, tick=(), untick=(), **fields):
    """Sends the form by a button, after some boxes were ticked or unticked, and follows to the next page."""
    url, data = form_of(page)
    boxes = {*data["contact"], *(str(each.pk) for each in tick)} - {str(each.pk) for each in untick}
    data["contact"] = sorted(boxes)
    return client.post(url, data | fields | ({"do": button} if button else {}), follow=True)


def act(client, page, **fields):
    """Fills in the page of an action and sends it."""
    path = page.redirect_chain[-1][0]
    return client.post(path, fields, follow=True)


def said(page):
    """The notices, without their buttons."""
    return [
        " ".join(re.sub(r"<button.*?</button>", "", str(each), flags=re.DOTALL).split())
        for each in page.context["messages"]
    ]


def undo_last(client, workspace):
    action = workspace.bulk_actions.first()
    return client.post(reverse("selection:undo", args=[workspace.slug, action.pk]), follow=True)
