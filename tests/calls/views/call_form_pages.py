"""Reads the call form and the page of the queue."""

from django.urls import reverse


def url(name, campaign, *ids):
    return reverse(f"campaigns:{name}", args=["acme", campaign.pk, *ids])


def text(page):
    assert page.status_code == 200
    return page.content.decode()


def heading(page):
    return text(page).split("<h1>")[1].split("</h1>")[0]
