"""The nightly run of living audiences: the command and the worker."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from campaigns.living.nightly import Nightly
from campaigns.models import AudienceProposal, Campaign
from tests.campaigns.living.building import PARTNERS, coverage, in_landscape
from tests.commands import last_line, run_command
from tests.factories import MarketFactory

COMMAND = ["propose_audiences", "--format", "json"]
BROKEN = PARTNERS | {"conditions": [{"kind": "custom", "field": "tier", "op": "is", "value": "A"}]}


@pytest.fixture
def ongoing(market):
    campaign = coverage(market)
    in_landscape(market, seniority="Partner")
    return campaign


def test_the_command_proposes_once_a_day(ongoing):
    first, second = (last_line(run_command(*COMMAND)) for _ in range(2))

    assert (first["checked"], first["join"], first["leave"], first["failed"]) == (1, 1, 0, 0)
    assert first["campaigns"][0]["campaign"] == "Ongoing coverage"
    assert second["checked"] == 0
    assert AudienceProposal.objects.count() == 1


def test_the_command_can_be_limited_to_a_workspace(ongoing):
    other = coverage(MarketFactory())

    assert last_line(run_command(*COMMAND, "--workspace", "acme"))["checked"] == 1
    assert not other.audience_proposals.exists()


def test_a_broken_rule_fails_the_command_and_stops_nobody_else(ongoing):
    other = coverage(MarketFactory(workspace=ongoing.workspace))
    Campaign.objects.filter(pk=ongoing.pk).update(rule=BROKEN)
    out, err = StringIO(), StringIO()

    with pytest.raises(SystemExit) as exit_:
        call_command(*COMMAND, stdout=out, stderr=err)

    assert exit_.value.code == 1
    assert "Ongoing coverage: Custom field" in err.getvalue()
    result = last_line(out.getvalue())
    assert (result["checked"], result["failed"]) == (2, 1)
    assert other.audience_proposals.count() == 1


def test_the_days_are_those_of_the_workspace(ongoing, monkeypatch):
    """Yesterday in one zone can be today in another."""
    run_command(*COMMAND)
    AudienceProposal.objects.update(made_at=now() - timedelta(hours=24))

    assert last_line(run_command(*COMMAND))["checked"] == 1


def test_the_worker_proposes_and_says_once_a_day_what_does_not_work(ongoing, monkeypatch):
    other = coverage(MarketFactory(workspace=ongoing.workspace))
    Campaign.objects.filter(pk=other.pk).update(rule=BROKEN)
    nightly = Nightly()

    assert len(list(nightly.propose_audiences())) == 1
    assert ongoing.audience_proposals.count() == 1
    assert list(nightly.propose_audiences()) == [], "it looks at most once a minute"
    monkeypatch.setattr("campaigns.living.nightly.CHECK_SECONDS", 0)
    assert list(nightly.propose_audiences()) == [], "it does not repeat itself"


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it_beside_the_imports(ongoing):
    run_command("import_worker", "--once")

    assert ongoing.audience_proposals.count() == 1
