"""The summary and the next steps, in sentences made from the document's numbers."""

from datetime import date

from calls.metrics.definitions import FEW_CALLS, wilson_interval
from calls.models.meetings import MeetingStatus
from signals.report.sections.remaining import Reason
from signals.report.shape import Document, Next, Step, Summary
from signals.report.words import capitalised, counted, full_day, interval, listed, people, share

MOST_NAMED = 3
AGAINST_OTHERS = {
    "Higher": "That is higher than in the market's other campaigns",
    "Lower": "That is lower than in the market's other campaigns",
    "No clear difference": "That is not clearly different from the market's other campaigns",
}


def summary(document: Document) -> Summary:
    parts = (_task, _coverage, _calls, _meetings, _interest, _movement, _best_hours, _next)
    return Summary(sentences=[sentence for part in parts for sentence in part(document)])


def _task(document: Document) -> list[str]:
    about, members = document["about"], document["coverage"]["contacts"]
    kind = f"{'an' if about['kind'][0] in 'AEIOU' else 'a'} {about['kind'].lower()} campaign"
    begin, end = (date.fromisoformat(day) if day else None for day in (about["starts_on"], about["ends_on"]))
    days = f" ({full_day(begin)} to {full_day(end)})" if begin and end else ""
    days = days or (f" (since {full_day(begin)})" if begin else "")
    firms = document["firms"]["total"]
    at_firms = f" at {counted(firms, 'firm')}" if firms else ""
    what = f"This is {kind} in {about['market']}{days}: {people(members)}{at_firms}."
    return [what, *([f"It follows {about['follows']}."] if about["follows"] else [])]


def _coverage(document: Document) -> list[str]:
    coverage = document["coverage"]
    contacts, called, reached = coverage["contacts"], coverage["called"], coverage["reached"]
    if not contacts:
        return []
    if not called:
        return ["Nobody was called yet." if contacts > 1 else "The one person in it was not called yet."]
    whole = "The one person was called" if contacts == 1 else f"All {contacts:,} people were called"
    some = f"{called:,} of {contacts:,} people {'was' if called == 1 else 'were'} called ({share(called / contacts)})"
    talked = f"{reached:,} of them {'was' if reached == 1 else 'were'} spoken with"
    talked = "all of them were spoken with" if reached == called else talked
    if called == 1:
        talked = "and spoken with" if reached else "and not reached"
        return [f"{whole if contacts == 1 else some} {talked}."]
    return [f"{whole if called == contacts else some}; {talked if reached else 'nobody was reached'}."]


def _calls(document: Document) -> list[str]:
    rate = next(row for row in document["metrics"]["rows"] if row["name"] == "connection_rate")
    calls, talked = rate["own"]["denominator"] or 0, rate["own"]["numerator"] or 0
    if not calls:
        return []
    own = rate["own"]
    found = f"{capitalised(counted(calls, 'call'))} led to {counted(talked, 'conversation')}: a connection rate of"
    sentences = [f"{found} {share(own['value'])} (95 % interval {interval(own['low'], own['high'])})."]
    if own["is_few"]:
        sentences.append(f"With fewer than {FEW_CALLS} calls this rate is a rough one.")
    if rate["verdict"] and rate["others"]:
        others = rate["others"]
        of = f"{share(others['value'])} of {counted(others['denominator'] or 0, 'call')}"
        sentences.append(f"{AGAINST_OTHERS[rate['verdict']]} ({of}).")
    return sentences


def _meetings(document: Document) -> list[str]:
    found = document["meetings"]
    if not found["total"]:
        return ["No meeting was booked."] if document["coverage"]["called"] else []
    booked = f"{capitalised(counted(found['total'], 'meeting'))} {'was' if found['total'] == 1 else 'were'} booked"
    became = [f"{count:,} {_became(status)}" for status, count in found["counts"].items()]
    if found["total"] == 1:
        return [f"{booked}; it is {_became(next(iter(found['counts'])))}."]
    return [f"{booked}: {listed(became)}."]


def _became(status: str) -> str:
    return {"Scheduled": "still to come or to be agreed", "No-show": "missed"}.get(status, status.lower())


def _interest(document: Document) -> list[str]:
    found = document["interest"]
    if not found["total"]:
        return ["Nobody has shown interest so far."] if document["coverage"]["called"] else []
    named = [f"{{person:{row['person']}}}" for row in found["rows"][:MOST_NAMED]]
    sentence = f"{capitalised(people(found['total']))} showed interest."
    if found["total"] <= MOST_NAMED:
        return [sentence, f"{'It is' if len(named) == 1 else 'They are'} {listed(named)}."]
    return [sentence, f"The strongest are {listed(named)}."]


def _movement(document: Document) -> list[str]:
    stronger, weaker = document["signals"]["stronger"], document["signals"]["weaker"]
    if not stronger and not weaker:
        return ["Nobody's Movement State has changed."] if document["signals"]["total"] else []
    towards = f"{people(stronger)} moved towards a change of firm" if stronger else ""
    away = f"{people(weaker)} moved away from one" if stronger else f"{people(weaker)} moved away from a change of firm"
    return [f"{capitalised(listed([each for each in (towards, away if weaker else '') if each]))}."]


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
        return [f"No hour of the day has {FEW_CALLS} calls, too few to say when people answer best."]
    rate, talked, calls, place = max(enough, key=lambda each: (each[0], each[2]))
    if not talked:
        return ["No hour of the day stands out: there were no conversations in the hours called most."]
    hour = times["hours"][place]
    all_calls, all_talked = (sum(column) for column in zip(*by_hour, strict=True))
    bounds = wilson_interval(talked, calls)
    is_clear = bounds and bounds[0] > all_talked / all_calls
    where = document["about"]["timezone"].rpartition("/")[2].replace("_", " ")
    sentence = f"Calls between {hour}:00 and {hour + 1}:00 in {where} connected best: {share(rate)} of {calls:,}"
    return [f"{sentence}." if is_clear else f"{sentence}, which may be chance."]


def _next(document: Document) -> list[str]:
    steps = document["next"]["steps"]
    return [f"Next: {steps[0]['text'][:1].lower()}{steps[0]['text'][1:]}"] if steps else []


def next_steps(document: Document) -> Next:
    """What to do next, the most promising first."""
    left = {group["reason"]: group["people"] for group in document["coverage"]["groups"]}
    interested = document["interest"]["total"] if document["coverage"]["called"] else 0
    coming = document["meetings"]["counts"].get(str(MeetingStatus.SCHEDULED.label), 0)

    def step(action: str, count: int, text: str) -> list[Step]:
        return [Step(action=action, people=count, text=text)] if count else []

    def them(count: int, what: str) -> str:
        return f"{'the' if count == 1 else f'the {count:,}'} {'person' if count == 1 else 'people'} {what}"

    callbacks, uncalled = left.get(Reason.CALLBACK, 0), left.get(Reason.UNCALLED, 0)
    repairs, again = left.get(Reason.REPAIR, 0), left.get(Reason.CALLED, 0) + left.get(Reason.RESTING, 0)
    return Next(
        steps=[
            *step("follow_up", interested, f"Follow up with {them(interested, 'who showed interest')}."),
            *step("callbacks", callbacks, f"Call back {them(callbacks, 'who asked for it')}."),
            *step("meetings", coming, f"Prepare {counted(coming, 'meeting')} still to come or to be agreed."),
            *step("repairs", repairs, f"Find a number for {them(repairs, 'who cannot be reached')}."),
            *step("uncalled", uncalled, f"Decide about {them(uncalled, 'not called yet')}."),
            *step("members", again, f"Decide about {them(again, 'called without a result')}."),
        ]
    )
