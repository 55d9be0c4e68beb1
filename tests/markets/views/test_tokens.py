"""Managers make API tokens and revoke them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from markets.models import ApiToken
from markets.workspaces import api_tokens
from tests.markets.api.clients import ApiClient

URL = "/w/acme/settings/tokens/"


def made(client, **fields):
    return client.post(URL, {"name": "CRM", "scopes": ["contacts:read"]} | fields)


def test_a_token_is_shown_once_and_does_what_was_ticked(as_manager, workspace, manager):
    day = workspace.today() + timedelta(days=30)

    page = made(as_manager, last_day=day).content.decode()

    (text,) = re.findall(r"<code>([\w-]{40,})</code>", page)
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, token.created_by) == ("CRM", ["contacts:read"], manager)
    assert token.expires_at == workspace.bounds(None, day)[1]
    crm = ApiClient(workspace, text)
    assert (crm.get("contacts").status_code, crm.get("calls").status_code) == (200, 403)
    again = as_manager.get(URL).content.decode()
    assert "CRM" in again
    assert text not in again


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["everything"]}, "Select a valid choice"),
        ({"last_day": "2020-01-01"}, "greater than or equal"),
        ({"last_day": "2199-01-01"}, "less than or equal"),
        ({"last_day": ""}, "This field is required."),
    ],
)
def test_a_token_that_cannot_be_is_refused(as_manager, workspace, fields, sentence):
    last_day = {"last_day": workspace.today()}

    assert sentence in made(as_manager, **(last_day | fields)).content.decode()
    assert not ApiToken.objects.exists()


def test_two_tokens_have_two_names(as_manager, workspace):
    for _ in range(2):
        page = made(as_manager, last_day=workspace.today())

    assert "has a token of that name already" in page.content.decode()
    assert ApiToken.objects.count() == 1


def test_a_revoked_token_opens_nothing(as_manager, workspace, manager):
    token, text = api_tokens.issue(workspace=workspace, name="CRM", by=None, scopes=["contacts:read"])

    for _ in range(2):
        page = as_manager.post(reverse("token_revoke", args=["acme", token.pk]), follow=True).content.decode()

    assert "This token was revoked already." in page
    assert ApiClient(workspace, text).get("contacts").status_code == 401
    assert ApiToken.objects.get().revoked_by == manager
