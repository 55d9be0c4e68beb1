"""Rules find the people, and give the reasons, that a plain Python filter over exported rows does."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils.timezone import now
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import campaigns.audience.kinds.protection
from calls.audience import CallCount, HadOutcome, HasMeeting, LastCall
from calls.models import Call
from campaigns.audience import Rule
from campaigns.audience.condition import Scope
from campaigns.audience.kinds.custom_fields import CustomValue
from campaigns.audience.kinds.membership import InCampaign
from campaigns.audience.kinds.people import TextField
from campaigns.audience.kinds.places import FromImport, InMarket, Tagged
from campaigns.audience.names import Names
from campaigns.audience.rule import Leaf
from campaigns.models import CampaignContact
from signals.audience import HasSignal, ShowedInterest
from signals.models import Signal
from tests.campaigns.audience.export import tables_of
from tests.campaigns.audience.history import ZONE, History, at_the_end
from tests.campaigns.audience.oracle import Oracle
from tests.campaigns.audience.past import Past
from tests.campaigns.audience.rules import FIRST_DAY, LAST_DAY, rules
from tests.thorough import some

DAYS = st.one_of(st.none(), st.dates(FIRST_DAY, LAST_DAY - timedelta(days=1)))


COUNTS = {1: 40, 2: 250, 3: 250}
"""How many rules are tried on each history."""


def check_rules(workspace, history, count, number=0, phases=tuple(Phase)):
    """Tries so many rules, now and as of days in the past."""
    tables, oracles = tables_of(workspace), {}

    @seed(number)
    @settings(max_examples=count, phases=phases, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(rules(history), DAYS)
    def check(data, day):
        if day not in oracles:
            oracles[day] = Oracle(Past(tables, ZONE, now(), day))
        compare(workspace, data, day, oracles[day])

    check()


def compare(workspace, data, day, oracle):
    rule, names = Rule.parse(data, workspace), Names(workspace)
    expected = oracle.reasons(data, lambda part, negated=False: line(part, names, negated))
    found = set(rule.people(workspace, day).values_list("pk", flat=True))
    assert found == set(expected)
    everybody = list(workspace.contacts.values_list("pk", flat=True))
    assert rule.reasons(workspace, everybody, day) == expected
    if day is None:
        members = CampaignContact.objects.filter(workspace=workspace).annotate(fits=rule.fits(workspace))
        assert all(member.fits == (member.contact_id in found) for member in members)


def line(part, names, negated):
    """The sentence of a part of a rule, or of its opposite; test_sentences.py checks what they say."""
    (read,) = Rule.parse({"version": 1, "match": "all", "conditions": [part]}, names.workspace).group.parts
    return read.sentence(names, negated=negated).line


@pytest.fixture
def clock(db):
    with at_the_end():
        yield


@pytest.mark.parametrize("number", some([1, 2, 3]))
def test_rules_find_whom_a_plain_filter_finds(workspace, clock, number):
    check_rules(workspace, History(workspace, number), COUNTS[number], number)


def without_history(scope, model):
    return model._default_manager.filter(workspace=scope.workspace)


MUTANTS = {
    "the past is not known": (Scope, "rows", without_history),
    "negations are lost": (Leaf, "matches", lambda leaf, scope: leaf.condition.matches(scope)),
    "voided and inbound calls count": (
        HadOutcome,
        "rows",
        lambda condition, scope: scope.rows(Call).filter(disposition__in=condition.outcomes),
    ),
    "removed members stay": (InCampaign, "_members", lambda condition, scope: scope.rows(CampaignContact)),
    "superseded signals stay": (
        HasSignal,
        "rows",
        lambda condition, scope: scope.rows(Signal).filter(type=condition.type, value__in=condition.values),
    ),
    "suppressions are never lifted": (
        campaigns.audience.kinds.protection,
        "null_as_of",
        lambda at, field: Q(pk__isnull=False),
    ),
}


@pytest.mark.parametrize("mutant", some(MUTANTS, at_once=2))
def test_a_broken_condition_is_noticed(workspace, clock, monkeypatch, mutant):
    history = History(workspace, 1)
    monkeypatch.setattr(*MUTANTS[mutant])

    with pytest.raises(AssertionError):
        check_rules(workspace, history, 400, phases=[Phase.generate])


KINDS = [HadOutcome, CallCount, LastCall, HasMeeting, HasSignal, ShowedInterest]
KINDS += [InMarket, Tagged, FromImport, InCampaign, CustomValue, TextField]


@pytest.mark.parametrize("kind", some(KINDS, at_once=0))
def test_every_kind_is_tried(workspace, clock, monkeypatch, kind):
    """Each kind of condition, turned into its opposite, is noticed."""
    history, matches = History(workspace, 1), kind.matches
    monkeypatch.setattr(kind, "matches", lambda condition, scope: ~matches(condition, scope))

    with pytest.raises(AssertionError):
        check_rules(workspace, history, 400, phases=[Phase.generate])
