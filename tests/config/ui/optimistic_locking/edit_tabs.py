"""Edit pages in tabs: opens them, sends their forms, and reads what is stored afterwards."""

from django.urls import reverse

from calls.models import Call
from campaigns.models import Campaign
from markets.models import Contact, Market
from tests.forms import edit_form

LONG = "\n".join(f"Line {n}: she said that the platform matters more than the pay." for n in range(120))


def edit_url(row):
    names = {Contact: "contacts:edit", Market: "markets:edit", Campaign: "campaigns:edit", Call: "calls:correct"}
    return reverse(names[type(row)], args=["acme", row.pk])


def tab(client, row):
    """Opens the edit page in a tab of its own. Returns a function that sends its form with changes."""
    form = edit_form(client.get(edit_url(row)))
    return lambda **typed: client.post(edit_url(row), form | typed)


def again(answer, client, row, **typed):
    """Sends the form of a page with a conflict again, as its button does."""
    return client.post(edit_url(row), edit_form(answer) | typed)


def stored(row, *names):
    """The row's values now, long texts with the line ends of Unix."""
    row.refresh_from_db()
    values = (getattr(row, name) for name in names)
    return tuple(value.replace("\r\n", "\n") if isinstance(value, str) else value for value in values)


def text_of(answer):
    return answer.content.decode()
