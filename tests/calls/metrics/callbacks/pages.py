"""The moment of the tests of callbacks, and their pages."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 3, 10, 12, tzinfo=NEW_YORK)


def callbacks_page(client, **query):
    return client.get(reverse("callbacks:list", args=["acme"]), query)
