"""Makes the document of a campaign's report as of a moment."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from django.utils.timezone import now
from django.utils.translation import override

from calls.metrics.attempts_and_hours import MOST_ATTEMPTS
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.models import Campaign
from signals.report.facts import Facts
from signals.report.sections.heard import signals
from signals.report.sections.lists import firms, interest, meetings
from signals.report.sections.metrics import metrics
from signals.report.sections.remaining import coverage
from signals.report.sections.sentences import next_steps, summary
from signals.report.shape import (
    FORMAT,
    About,
    AttemptRow,
    Document,
    Next,
    OutcomeRow,
    Outcomes,
    Person,
    StatusStep,
    Summary,
    Times,
    Weekday,
)

PERSON = re.compile(r"\{person:(\d+)\}")


def build(campaign: Campaign, at: datetime | None = None) -> Document:
    """The report as known at a moment (default: now). A moment of a past day stands for the end of that day.

    Its texts are English, in whichever language somebody completes the campaign: see signals.report.languages.
    """
    with override("en"):
        return _build(campaign, at or now())


def _build(campaign: Campaign, at: datetime) -> Document:
    facts = Facts(campaign, at)
    interested = interest(facts)
    document = Document(
        format=FORMAT,
        as_of=facts.at.astimezone(UTC).isoformat(),
        known_until=facts.known_until.astimezone(UTC).isoformat(),
        members=sorted(member.contact for member in facts.members),
        about=_about(facts),
        people={},
        summary=Summary(sentences=[]),
        metrics=metrics(facts),
        interest=interested,
        meetings=meetings(facts),
        signals=signals(facts),
        firms=firms(facts, {row["person"] for row in interested["rows"]}),
        outcomes=_outcomes(facts),
        times=_times(facts),
        coverage=coverage(facts),
        next=Next(steps=[]),
    )
    document["next"] = next_steps(document)
    document["summary"] = summary(document)
    document["people"] = {str(key): _person(facts, key) for key in sorted(set(named_in(document)))}
    return document


def named_in(document: Document) -> Iterator[int]:
    """The ids of the people in the lists of a document. Its sentences name nobody else."""
    lists = (
        *(document["interest"]["rows"], document["meetings"]["rows"]),
        *(document["signals"]["moves"], document["coverage"]["rows"]),
    )
    for rows in lists:
        yield from (row["person"] for row in rows)


def _person(facts: Facts, contact: int) -> Person:
    member = facts.all_members[contact]
    return Person(name=member.label, firm=member.firm, title=member.title)


def _about(facts: Facts) -> About:
    campaign = facts.campaign
    history = [
        StatusStep(
            to=str(change.get_to_status_display()),
            at=change.changed_at.isoformat(),
            by=str(change.changed_by or ""),
            reason=change.reason,
        )
        for change in facts.history
    ]
    return About(
        id=campaign.pk,
        name=campaign.name,
        kind=str(campaign.get_kind_display()),
        status=history[-1]["to"] if history else "Draft",
        market=campaign.market.name,
        market_id=campaign.market_id,
        workspace=facts.workspace.name,
        timezone=facts.workspace.timezone,
        starts_on=campaign.starts_on.isoformat() if campaign.starts_on else None,
        ends_on=campaign.ends_on.isoformat() if campaign.ends_on else None,
        owner=str(campaign.owner or ""),
        brief=campaign.brief,
        follows=str(campaign.follows or ""),
        history=history,
    )


def _outcomes(facts: Facts) -> Outcomes:
    return Outcomes(
        rows=[
            OutcomeRow(
                outcome=str(each.label), group=str(DISPOSITION_RULES[each].group.label), calls=facts.counts[each]
            )
            for each in Disposition
            if facts.counts[each]
        ]
    )


def _times(facts: Facts) -> Times:
    attempts = facts.attempts[:MOST_ATTEMPTS]
    return Times(
        attempts=[
            AttemptRow(attempt=each.number, calls=each.calls, conversations=each.conversations) for each in attempts
        ],
        hours=[int(hour) for hour in facts.hours.hours] if facts.hours else [],
        weekdays=[
            Weekday(weekday=str(row.label), cells=[(cell.calls, cell.conversations) for cell in row.cells])
            for row in (facts.hours.rows if facts.hours else ())
        ],
    )
