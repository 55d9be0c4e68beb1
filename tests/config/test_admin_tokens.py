"""How ops staff give a dialer its token, once, and take it away."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils.timezone import now

from markets.models import ApiToken
from markets.workspaces import api_tokens
from tests.config.admin_rows import path
from tests.factories import WorkspaceFactory


def added(client, **fields):
    return client.post(path(ApiToken, "add"), fields, follow=True).content.decode()


def test_a_token_is_shown_once_and_only_its_hash_is_kept(as_ops, ops, workspace):
    page = added(as_ops, workspace=workspace.pk, name="VICIdial")

    token = ApiToken.objects.get()
    (text,) = re.findall(r"shown only now: ([\w-]+)", page)
    assert token.token_hash == ApiToken.hash_of(text)
    assert (token.workspace, token.name, token.created_by) == (workspace, "VICIdial", ops)
    assert api_tokens.token_from_header("acme", f"Bearer {text}") == token
    for again in (path(ApiToken, "changelist"), path(ApiToken, "change", token.pk)):
        answer = as_ops.get(again).content.decode()
        assert "VICIdial" in answer
        assert text not in answer
        assert token.token_hash not in answer
    assert text not in "".join(map(str, LogEntry.objects.values()))


def test_a_token_is_revoked_once_and_its_name_is_free_again(as_ops, ops, workspace):
    token, text = api_tokens.issue(workspace=workspace, name="VICIdial", by=None)
    url = reverse("admin:markets_apitoken_revoke", args=[token.pk])
    assert "Revoke the token" in as_ops.get(url).content.decode()
    assert "has a token of that name already" in added(as_ops, workspace=workspace.pk, name="VICIdial")

    as_ops.post(url)
    again = as_ops.post(url).content.decode()

    token.refresh_from_db()
    assert token.revoked_at
    assert token.revoked_by == ops
    assert "This token was revoked already." in again
    assert api_tokens.token_from_header("acme", f"Bearer {text}") is None
    assert "shown only now" in added(as_ops, workspace=workspace.pk, name="VICIdial")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"name": "Dialer", "workspace": "zzz"}, "Select a valid choice"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_a_sentence(as_ops, workspace, fields, sentence):
    assert sentence in added(as_ops, **{"workspace": workspace.pk} | fields)
    assert not ApiToken.objects.exists()


def test_an_archived_workspace_gets_no_token(as_ops, workspace):
    workspace.archived_at = now()
    workspace.save()

    assert "Nothing can be added to an archived workspace before it is brought back." in added(
        as_ops, workspace=workspace.pk, name="Late"
    )
    assert not ApiToken.objects.exists()


def test_tokens_are_found_by_their_workspace_and_by_whether_they_open_it(as_ops, workspace):
    api_tokens.issue(workspace=workspace, name="In use", by=None)
    api_tokens.issue(workspace=WorkspaceFactory(name="Other firm"), name="Of others", by=None)
    gone, _ = api_tokens.issue(workspace=workspace, name="Taken away", by=None)
    api_tokens.revoke(token=gone, by=None)

    def listed(query):
        page = as_ops.get(f"{path(ApiToken, 'changelist')}?{query}")
        return {token.name for token in page.context["cl"].result_list}

    assert listed("q=acme") == {"In use", "Taken away"}
    assert listed("revoked_at__isempty=1") == {"In use", "Of others"}
