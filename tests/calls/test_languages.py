"""Pages of calls are in the language of the user. What dialers send and get is the same in each language."""

import pytest
from django.urls import reverse
from django.utils import translation

from calls.ingest.parsing import dispositions_by_result, parse_direction
from calls.log.services import void
from calls.models import Call, Direction
from campaigns.dispositions import Disposition
from markets.imports.mapping import match_key
from markets.workspaces import api_tokens
from tests import factories
from tests.dialer_log import dialer, one, result

GERMAN = {"accept-language": "de"}
REFUSED = "Say when to call back: a Callback Requested needs its time."


def text(client, campaign, name, *ids):
    address = reverse(name, args=[campaign.workspace.slug, *ids])
    return client.get(address, headers=GERMAN, follow=True).content.decode()


@pytest.mark.parametrize(
    ("name", "german", "english"),
    [
        ("queue", "jetzt anrufbare Personen", "people ready to call now"),
        ("calls:list", "Jeder Versuch, neueste zuerst", "Every attempt"),
        ("calls:callers", "nach Namen", "by name"),
        ("callbacks:list", "Versprochene Rückrufe", "Callbacks promised"),
        ("callbacks:tallies", "Anteil eingehalten", "Share kept"),
        ("meetings:list", "Die nächsten zuerst", "The next ones first"),
        ("repairs:list", "Keine Kampagne bietet sie an", "No campaign offers them"),
    ],
)
def test_a_page_is_in_german(as_manager, campaign, name, german, english):
    page = text(as_manager, campaign, name)
    assert german in page
    assert english not in page


def test_the_call_screen_is_in_german_with_the_values_of_signals(as_caller, campaign):
    page = text(as_caller, campaign, "campaigns:call", campaign.pk, campaign.members.first().contact_id)
    assert "Speichern und weiter" in page
    assert 'value="Soft Listening"' in page
    assert "Save and next" not in page


def test_why_a_call_was_voided_is_shown_in_german_and_stored_in_english(as_manager, campaign):
    call = factories.call(campaign)
    with translation.override("de"):
        void(call=call, by=None, reason="Voided where it was exported from")
    assert Call.objects.get(pk=call.pk).void_reason == "Voided where it was exported from"
    assert "Storniert, wo exportiert wurde" in text(as_manager, campaign, "calls:detail", call.pk)


def test_the_api_answers_in_english_whatever_the_dialer_accepts(client, workspace, campaign):
    send = dialer(client, api_tokens.issue(workspace=workspace, name="Dialer", by=None)[1])
    asked = one(campaign, disposition="Callback Requested", callback_at="2001-01-01 10:00")
    answer = result(send(asked, headers=GERMAN))
    assert answer["calls"][0]["message"] == "The time to call back lies before the call itself."


def test_imports_read_english_outcomes_and_directions_in_each_language():
    in_english = dispositions_by_result({})
    with translation.override("de"):
        assert dispositions_by_result({}) == in_english
        assert in_english[match_key("No Answer")] == Disposition.NO_ANSWER
        assert parse_direction("Outbound") == Direction.OUTBOUND
