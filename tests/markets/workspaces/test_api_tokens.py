"""API tokens: which workspace a token opens."""

import pytest
from django.utils.timezone import now

from markets.workspaces import api_tokens
from tests.factories import WorkspaceFactory


@pytest.fixture
def token(workspace):
    return api_tokens.issue(workspace=workspace, name="Dialer", by=None)


def test_a_token_opens_its_own_workspace(workspace, token):
    row, text = token

    assert api_tokens.token_from_header(workspace.slug, f"Bearer {text}") == row


def test_a_token_opens_no_other_workspace(token):
    other = WorkspaceFactory()

    assert api_tokens.token_from_header(other.slug, f"Bearer {token[1]}") is None


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YWJjOmRlZg==", "Bearer " + "x" * 43])
def test_nothing_but_a_token_opens_a_workspace(workspace, token, header):
    assert api_tokens.token_from_header(workspace.slug, header) is None


def test_a_token_opens_no_archived_workspace(workspace, token):
    workspace.archived_at = now()
    workspace.save()

    assert api_tokens.token_from_header(workspace.slug, f"Bearer {token[1]}") is None
