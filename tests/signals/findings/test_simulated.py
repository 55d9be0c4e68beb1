"""On three months of simulated markets with known changes each rule fires where it should, and nowhere else."""

from datetime import timedelta
from random import Random

from django.urls import reverse
from django.utils.timezone import now

from campaigns.dispositions import Disposition
from tests.factories import call
from tests.signals.findings.simulated import Plan, found_by, hear, say, simulate, usual_and

PLANS = [
    Plan("Steady"),
    Plan("Voicemail", usual_and(voicemail=40, future_potential=5, not_interested=7)),
    Plan("Meetings", usual_and(meeting_booked=16, future_potential=6)),
    Plan("Quiet", daily_now=4),
    Plan("Wrong numbers", usual_and(incorrect_number=9)),
    Plan("Moving"),
    Plan("Unstable"),
    Plan("Late"),
]
EXPECTED = {
    "Voicemail": {"connection_rate"},
    "Meetings": {"meetings_per_conversation"},
    "Quiet": {"call_volume"},
    "Wrong numbers": {"wrong_numbers"},
    "Moving": {"moved_up"},
    "Unstable": {"unstable_firms"},
    "Late": {"late_callbacks"},
}
SEED = 25


def build(workspace):
    rng = Random(SEED)
    markets = {plan.name: simulate(workspace, plan, rng) for plan in PLANS}
    for market in markets.values():
        hear(market, "firm_stability", ["Stable"] * 24 + ["Unstable"], days_ago=70, firm="")
        hear(market, "firm_stability", ["Stable"] * 4, days_ago=70, firm="Ottermoor LLP")
        waiting = hear(market, "movement_state", ["Soft Listening"] * 4, days_ago=70)
        say(market.campaigns.get(), waiting[:2], "movement_state", ["Not Moving"] * 2, days_ago=5)
        if market.practice_area == "Moving":
            say(market.campaigns.get(), waiting, "movement_state", ["Exploring"] * 3 + ["Active"], days_ago=4)
        if market.practice_area == "Unstable":
            hear(market, "firm_stability", ["Unstable"] * 5, days_ago=4, firm="Ottermoor LLP")
        if market.practice_area == "Late":
            person = hear(market, "movement_state", ["Not Moving"], days_ago=4)[0]
            promised = now() - timedelta(hours=5)
            campaign = market.campaigns.get()
            campaign.members.filter(contact=person).update(is_closed=False)
            call(
                campaign,
                person,
                disposition=Disposition.CALLBACK_REQUESTED,
                callback_at=promised,
                started_at=promised - timedelta(hours=1),
            )
    return markets


def test_each_rule_fires_where_it_should_and_nowhere_else(as_manager, workspace):
    markets = build(workspace)

    found = {}
    for market in markets.values():
        page = as_manager.get(reverse("markets:detail", args=["acme", market.pk]))
        found |= found_by(page.context["findings"])

    assert found == EXPECTED
    later = as_manager.get(reverse("dashboard", args=["acme"])).context["findings"]
    assert len(later) <= 5
    assert found_by(later).items() <= {**EXPECTED, "": {"late_callbacks"}}.items()
