"""The summary and the next steps, in sentences made from the document's numbers."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.metrics.definitions import FEW_CALLS, wilson_interval
from config.ui.formats import in_sentence, number
from signals.report import words
from signals.report.sections.remaining import Reason
from signals.report.shape import Document, Next, Step, Summary
from signals.report.words import capitalised, full_day, interval, listed, share
from signals.wording import within_sentence

MOST_NAMED = 3
SCHEDULED = "Scheduled"
"""The label of that status in a document."""


def summary(document: Document) -> Summary:
    parts = (_task, _coverage, _calls, _meetings, _interest, _movement, _best_hours, _next)
    return Summary(sentences=[sentence for part in parts for sentence in part(document)])


def _task(document: Document) -> list[str]:
    about, firms = document["about"], document["firms"]["total"]
    of = {"kind": in_sentence(_(about["kind"])), "market": about["market"], "days": _days(document)}
    text = _("This is a %(kind)s campaign in %(market)s%(days)s: %(people)s.")
    if about["kind"][0] in "AEIOU":
        text = _("This is an %(kind)s campaign in %(market)s%(days)s: %(people)s.")
    people = words.people(document["coverage"]["contacts"])
    if firms:
        at = ngettext("%(people)s at %(count)s firm", "%(people)s at %(count)s firms", firms)
        people = at % {"people": people, "count": number(firms)}
    follows = [_("It follows %(campaign)s.") % {"campaign": about["follows"]}] if about["follows"] else []
    return [text % {**of, "people": people}, *follows]


def _days(document: Document) -> str:
    about = document["about"]
    begin, end = (date.fromisoformat(day) if day else None for day in (about["starts_on"], about["ends_on"]))
    if begin and end:
        return " " + _("(%(begin)s to %(end)s)") % {"begin": full_day(begin), "end": full_day(end)}
    return " " + _("(since %(begin)s)") % {"begin": full_day(begin)} if begin else ""


def _coverage(document: Document) -> list[str]:
    coverage = document["coverage"]
    contacts, called, reached = coverage["contacts"], coverage["called"], coverage["reached"]
    if not contacts:
        return []
    if not called:
        return [_("Nobody was called yet.") if contacts > 1 else _("The one person in it was not called yet.")]
    if contacts == 1:
        talked = _("The one person was called and spoken with.")
        return [talked if reached else _("The one person was called and not reached.")]
    some = ngettext(
        "%(called)s of %(people)s people was called (%(share)s)",
        "%(called)s of %(people)s people were called (%(share)s)",
        called,
    )
    found = some % {"called": number(called), "people": number(contacts), "share": share(called / contacts)}
    if called == 1:
        text = _("%(found)s and spoken with.") if reached else _("%(found)s and not reached.")
        return [text % {"found": found}]
    if called == contacts:
        found = _("All %(people)s people were called") % {"people": number(contacts)}
    if reached == called:
        text = _("%(found)s; all of them were spoken with.")
    elif reached:
        text = ngettext(
            "%(found)s; %(reached)s of them was spoken with.",
            "%(found)s; %(reached)s of them were spoken with.",
            reached,
        )
    else:
        text = _("%(found)s; nobody was reached.")
    return [text % {"found": found, "reached": number(reached)}]


def _calls(document: Document) -> list[str]:
    rate = next(row for row in document["metrics"]["rows"] if row["name"] == "connection_rate")
    calls, talked = rate["own"]["denominator"] or 0, rate["own"]["numerator"] or 0
    if not calls:
        return []
    own, others = rate["own"], rate["others"]
    text = _("%(calls)s led to %(conversations)s: a connection rate of %(share)s (95 %% interval %(interval)s).")
    found = {"calls": capitalised(words.calls(calls)), "conversations": words.conversations(talked)}
    sentences = [text % {**found, "share": share(own["value"]), "interval": interval(own["low"], own["high"])}]
    if own["is_few"]:
        sentences.append(_("With fewer than %(calls)s calls this rate is a rough one.") % {"calls": FEW_CALLS})
    if rate["verdict"] and others:
        of = {"share": share(others["value"]), "calls": words.calls(others["denominator"] or 0)}
        sentences.append(_against_others(rate["verdict"]) % of)
    return sentences


def _against_others(verdict: str) -> str:
    if verdict == "Higher":
        return _("That is higher than in the market's other campaigns (%(share)s of %(calls)s).")
    if verdict == "Lower":
        return _("That is lower than in the market's other campaigns (%(share)s of %(calls)s).")
    return _("That is not clearly different from the market's other campaigns (%(share)s of %(calls)s).")


def _meetings(document: Document) -> list[str]:
    found = document["meetings"]
    if not found["total"]:
        return [_("No meeting was booked.")] if document["coverage"]["called"] else []
    if found["total"] == 1:
        status = _became(next(iter(found["counts"])))
        return [_("1 meeting was booked; it is %(status)s.") % {"status": status}]
    became = [f"{number(count)} {_became(status)}" for status, count in found["counts"].items()]
    return [
        _("%(count)s meetings were booked: %(became)s.") % {"count": number(found["total"]), "became": listed(became)}
    ]


def _became(status: str) -> str:
    special = {SCHEDULED: _("still to come or to be agreed"), "No-show": _("missed")}
    return special.get(status, words.meeting_status(status).lower())


def _interest(document: Document) -> list[str]:
    found = document["interest"]
    if not found["total"]:
        return [_("Nobody has shown interest so far.")] if document["coverage"]["called"] else []
    named = [f"{{person:{row['person']}}}" for row in found["rows"][:MOST_NAMED]]
    sentence = ngettext("%(people)s person showed interest.", "%(people)s people showed interest.", found["total"])
    if found["total"] > MOST_NAMED:
        who = _("The strongest are %(people)s.")
    else:
        who = ngettext("It is %(people)s.", "They are %(people)s.", len(named))
    return [sentence % {"people": number(found["total"])}, who % {"people": listed(named)}]


def _movement(document: Document) -> list[str]:
    stronger, weaker = document["signals"]["stronger"], document["signals"]["weaker"]
    if not stronger and not weaker:
        return [_("Nobody's Movement State has changed.")] if document["signals"]["total"] else []
    if not weaker:
        text = _("%(towards)s moved towards a change of firm.")
    elif not stronger:
        text = _("%(away)s moved away from a change of firm.")
    else:
        text = _("%(towards)s moved towards a change of firm and %(away)s moved away from one.")
    return [capitalised(text % {"towards": words.people(stronger), "away": words.people(weaker)})]


def _best_hours(document: Document) -> list[str]:
    """The hour of the day in which calls most often became conversations, over all weekdays."""
    times = document["times"]
    if not times["hours"]:
        return []
    by_hour = [
        [sum(counts) for counts in zip(*(day["cells"][place] for day in times["weekdays"]), strict=True)]
        for place in range(len(times["hours"]))
    ]
    called = ((talked / calls, talked, calls, place) for place, (calls, talked) in enumerate(by_hour) if calls)
    enough = [each for each in called if each[2] >= FEW_CALLS]
    if not enough:
        text = _("No hour of the day has %(calls)s calls, too few to say when people answer best.")
        return [text % {"calls": FEW_CALLS}]
    rate, talked, calls, place = max(enough, key=lambda each: (each[0], each[2]))
    if not talked:
        return [_("No hour of the day stands out: there were no conversations in the hours called most.")]
    all_calls, all_talked = (sum(column) for column in zip(*by_hour, strict=True))
    bounds = wilson_interval(talked, calls)
    text = _("Calls between %(begin)s:00 and %(end)s:00 in %(city)s connected best: %(share)s of %(calls)s.")
    if not bounds or bounds[0] <= all_talked / all_calls:
        text = _(
            "Calls between %(begin)s:00 and %(end)s:00 in %(city)s connected best: "
            "%(share)s of %(calls)s, which may be chance."
        )
    hour, city = times["hours"][place], document["about"]["timezone"].rpartition("/")[2].replace("_", " ")
    found = {"begin": hour, "end": hour + 1, "city": city, "share": share(rate), "calls": number(calls)}
    return [text % found]


def _next(document: Document) -> list[str]:
    steps = document["next"]["steps"]
    return [_("Next: %(step)s") % {"step": within_sentence(steps[0]["text"])}] if steps else []


def next_steps(document: Document) -> Next:
    """What to do next, the most promising first."""
    left = {group["reason"]: group["people"] for group in document["coverage"]["groups"]}
    interested = document["interest"]["total"] if document["coverage"]["called"] else 0
    coming = document["meetings"]["counts"].get(SCHEDULED, 0)

    def step(action: str, count: int, one: str, many: str) -> list[Step]:
        text = one if count == 1 else many % {"count": number(count)}
        return [Step(action=action, people=count, text=text)] if count else []

    callbacks, uncalled = left.get(Reason.CALLBACK, 0), left.get(Reason.UNCALLED, 0)
    repairs, again = left.get(Reason.REPAIR, 0), left.get(Reason.CALLED, 0) + left.get(Reason.RESTING, 0)
    return Next(
        steps=[
            *step(
                "follow_up",
                interested,
                _("Follow up with the person who showed interest."),
                _("Follow up with the %(count)s people who showed interest."),
            ),
            *step(
                "callbacks",
                callbacks,
                _("Call back the person who asked for it."),
                _("Call back the %(count)s people who asked for it."),
            ),
            *step(
                "meetings",
                coming,
                _("Prepare 1 meeting still to come or to be agreed."),
                _("Prepare %(count)s meetings still to come or to be agreed."),
            ),
            *step(
                "repairs",
                repairs,
                _("Find a number for the person who cannot be reached."),
                _("Find a number for the %(count)s people who cannot be reached."),
            ),
            *step(
                "uncalled",
                uncalled,
                _("Decide about the person not called yet."),
                _("Decide about the %(count)s people not called yet."),
            ),
            *step(
                "members",
                again,
                _("Decide about the person called without a result."),
                _("Decide about the %(count)s people called without a result."),
            ),
        ]
    )
