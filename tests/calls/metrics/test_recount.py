"""Every number equals a recount of the raw calls by a second implementation, whatever was done to the calls."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from calls.log.services import CallRefused, NewCall, amend, record_many, void
from calls.models import Call
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.membership import remove
from markets.contacts.merge import MergeRefused
from signals.contacts.merge import merge
from tests.calls.metrics.recount import differences
from tests.factories import MarketFactory, active_campaign, member_of, signal
from tests.thorough import some

NIGHTS = {
    "America/New_York": ("2025-03-09T07:00", "2025-11-02T06:00"),
    "Europe/London": ("2025-03-30T01:00", "2025-10-26T01:00"),
    "Australia/Lord_Howe": ("2025-04-05T15:00", "2025-10-04T15:30"),
    "Asia/Kathmandu": ("2025-03-09T18:15", "2025-11-02T18:15"),
}
"""When the clocks change (UTC), forward and back; in Kathmandu, 5:45 from Greenwich, they never do."""
OPEN = datetime(2025, 2, 1, tzinfo=UTC)
OUTCOMES = [
    each
    for each in Disposition
    if not (DISPOSITION_RULES[each].suppresses or DISPOSITION_RULES[each].makes_number_wrong)
]


class Story:
    """Campaigns of two markets that share people, with calls around both nights, and then all that can be done."""

    def __init__(self, workspace, zone, callers, chance):
        workspace.timezone = zone
        workspace.save()
        self.workspace, self.callers, self.chance = workspace, callers, chance
        self.moments = [datetime.fromisoformat(each).replace(tzinfo=UTC) for each in NIGHTS[zone]]
        days_ago = (now() - OPEN).days
        market = MarketFactory(workspace=workspace)
        self.campaigns = [
            active_campaign(5, days_ago=days_ago, market=market),
            active_campaign(3, days_ago=days_ago, market=market),
            active_campaign(3, days_ago=days_ago, market=MarketFactory(workspace=workspace)),
        ]
        for each in self.campaigns[1:]:
            member_of(each, self.campaigns[0].members.order_by("pk").first().contact)

    def log(self, campaign, count):
        """A dialer's log: calls within a day and a half of either night, and some of these weeks."""
        people = [each.contact for each in campaign.members.select_related("contact").order_by("pk")]
        found = [self.call(self.chance.choice(people)) for _ in range(count)]
        kept = record_many(campaign=campaign, new_calls=found)
        assert not [each for each in kept if isinstance(each, CallRefused)]
        for made in Call.objects.filter(pk__in=kept).order_by("pk"):
            if made.is_conversation and self.chance.random() < 0.6:
                signal(made)
                signal(made, type="firm_stability", value="Stable")

    def call(self, contact):
        disposition = self.chance.choice(OUTCOMES)
        return NewCall(
            contact=contact,
            disposition=disposition,
            started_at=self.moment(),
            direction=self.chance.choice(["outbound"] * 6 + ["inbound"]),
            callback_at=now() if DISPOSITION_RULES[disposition].needs_callback_time else None,
            talk_seconds=self.chance.randrange(400),
            **self.chance.choice(self.callers),
        )

    def moment(self):
        near = self.chance.choice([*self.moments, now() - timedelta(days=3)])
        return near + timedelta(minutes=self.chance.randrange(-36 * 60, 36 * 60, 15))

    def sample_calls(self, count):
        return self.chance.sample(list(self.workspace.calls.filter(voided_at=None).order_by("pk")), count)

    def run_story(self, by):
        for campaign in self.campaigns:
            self.log(campaign, 60)
        for made in self.sample_calls(12):
            void(call=made, by=by, reason="Twice in the log")
        for made in self.sample_calls(12):
            amend(call=made, by=by, reason="Misheard", started_at=self.moment())
        for made in self.sample_calls(12):
            if not made.signals.exists():
                amend(call=made, by=by, reason="Misheard", disposition=Disposition.NO_ANSWER, callback_at=None)
        self.log(self.campaigns[0], 30)  # a file that came late
        first, *others = [each.contact for each in self.campaigns[0].members.order_by("pk")]
        remove(campaign=self.campaigns[0], contacts=[others[0].pk], by=by, reason="Left the market")
        merge(keep=first, merged=others[1], by=by)
        try:
            merge(keep=self.campaigns[2].members.order_by("pk").first().contact, merged=others[2], by=by)
        except MergeRefused as refused:
            pytest.fail(str(refused))


@pytest.fixture
def make_history(workspace, caller, manager):
    def make(zone="America/New_York", rng=7):
        callers = [{"caller": caller}, {"caller": manager}, {"caller_name": "Ann"}, {"caller_name": "bob"}, {}]
        Story(workspace, zone, callers, Random(rng)).run_story(by=manager)
        return workspace

    return make


@pytest.mark.parametrize("zone", some(NIGHTS))
def test_every_number_equals_a_recount_of_the_raw_calls(make_history, zone):
    found, count = differences(make_history(zone))

    print(f"{len(found)} of {count:,} cells differ in {zone}")
    assert count > 2000
    assert found == []


BREAKS = {
    "a day's tally": lambda w: w.campaign_days.filter(call_count__gt=0).update(call_count=F("call_count") + 1),
    "what a day's calls came to": lambda w: w.campaign_days.update(no_answer_count=F("no_answer_count") + 1),
    "an hour's tally": lambda w: w.campaign_hours.update(conversation_count=0),
    "a member's newest call": lambda w: w.campaign_contacts.filter(removed_at=None).update(last_attempt_at=None),
    "a call that was voided": lambda w: w.calls.exclude(voided_at=None).update(voided_at=None, void_reason=""),
    "when calls started": lambda w: w.calls.update(started_at=F("started_at") + timedelta(hours=9)),
}


@pytest.mark.promise("P8")
def test_a_number_that_is_off_is_seen(make_history, figure):
    workspace = make_history()
    seen = {}
    for what, break_it in BREAKS.items():
        with transaction.atomic():
            break_it(workspace)

            found, count = differences(workspace, most=4)

            transaction.set_rollback(True)
        assert 0 < len(found) < count, what
        seen[what] = len(found)
    found, count = differences(workspace)
    assert found == []
    figure(
        f"0 of {count:,} cells differ from a recount of raw calls",
        control="; ".join(f"{what} altered: {cells} cells differ" for what, cells in seen.items()),
    )
