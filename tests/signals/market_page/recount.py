"""A second implementation of a market's page (product.md, sections 3 to 5), in plain Python over exported files.

It knows nothing of the portal but the files that its lists are exported as, and writes every rule again: it goes
through all rows for each number, cuts days with zoneinfo, and says each cell as the page ought to.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tests.signals.market_page.files import Files, PageQuery, Row
from tests.signals.market_page.wording import FEW, Cells, in_words, metric_cells, percent, wilson

OUTCOMES = (
    *("No Answer", "Voicemail", "Gatekeeper", "Incorrect Number", "Not Interested", "Callback Requested"),
    *("Future Potential", "Meeting Booked", "Do Not Contact"),
)
CONVERSATIONS = {"Not Interested", "Callback Requested", "Future Potential", "Meeting Booked"}
MOVEMENT, STABILITY = "Movement State", "Firm Stability"
STRONGER = ("Not Moving", "Soft Listening", "Exploring", "Active")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLUMNS = {"firm": "Firm", "seniority": "Seniority", "city": "City"}
MOST_GROUPS, FEWEST_HEARD, MOST_MOVED, WEEKS = 8, 3, 5, 13


class Recount:
    """The cells of one page. `people` are the same as in the landscape, as they are called now."""

    def __init__(self, files: Files, query: PageQuery, people: list[Row]):
        self.files, self.query = files, query
        self.people = {row["Person key"]: row for row in people}
        self.campaigns = [row for row in files.campaigns if row["Market"] == query.market]
        self.calls = {row["Call key"]: row for row in files.calls}
        keys = {row["Campaign key"] for row in self.campaigns}
        self.ever = [row for row in files.calls if row["Campaign key"] in keys and counts(row)]
        self.made = [row for row in self.ever if query.includes(self.local(row).date())]
        self.members = {key: {row["Person key"] for row in files.members.get(key, ())} for key in keys}
        self.heard = [row for row in files.signals if not self.calls[row["Call key"]]["Voided at"]]

    def local(self, call: Row) -> datetime:
        return moment(call["Started"]).astimezone(self.query.zone)

    def cells(self) -> Cells:
        cells: Cells = {("landscape",): f"{len(self.files.landscape):,}"}
        cells |= self.figures() | self.rows() | self.weeks() | self.times() | self.outcomes()
        return cells | self.current_signals() | self.moves() | self.firms() | self.coverage()

    # The five figures, and the campaigns

    def figures(self) -> Cells:
        about = f"market:{self.query.key}"
        counts = self.of(self.members, self.made)
        talks, calls = counts["conversations"], counts["calls_made"]
        everybody, ages = len(self.files.landscape), self.ages()
        fresh = f"{100 * ages['fresh'] / ages.total():.0f} % of the current ones fresh" if ages else ""
        share = f" · {100 * counts['contact_count'] / everybody:.0f} %" if everybody else ""
        booked = {call["Call key"] for call in self.made if call["Outcome"] == "Meeting Booked"}
        states = Counter(row["Status"] for row in self.files.meetings if row["Call key"] in booked)
        few = " · few calls" if 0 < calls < FEW else ""
        interval = f" · {wilson(talks, calls)}" if calls else ""
        notes = {
            "contact_count": f"of {everybody:,}{share} of the landscape",
            "calls_made": "",
            "connection_rate": f"{talks:,} of {calls:,}{interval}{few}",
            "meetings_booked": f"{states['Held']:,} held · {states['No-show']:,} no-show · "
            f"{states['Cancelled']:,} cancelled",
            "signals_captured": fresh,
        }
        for name, change in self.changes(counts).items():
            notes[name] += f"{' · ' if notes[name] else ''}{change} {versus(self.query)}"
        cells: Cells = {}
        for name, note in notes.items():
            cells |= metric_cells("figure", about, name, counts, with_fraction=False)
            cells["figure", about, name, "note"] = note
        return cells

    def changes(self, counts: dict[str, int]) -> dict[str, str]:
        """Against the period of the same length before this one; none for a period without a first or a last day."""
        first, last = self.query.first, self.query.last
        if first is None or last is None:
            return {}
        earliest, latest = first - timedelta(days=(last - first).days + 1), first - timedelta(days=1)
        before = self.of({}, [call for call in self.ever if earliest <= self.local(call).date() <= latest])
        changes = {name: counts[name] - before[name] for name in ("calls_made", "meetings_booked", "signals_captured")}
        words = {name: f"{'+' if change > 0 else ''}{change:,}" for name, change in changes.items()}
        if counts["calls_made"] and before["calls_made"]:
            now, then = (each["conversations"] / each["calls_made"] for each in (counts, before))
            words["connection_rate"] = f"{100 * (now - then):+.1f} points"
        return words

    def rows(self) -> Cells:
        cells: Cells = {}
        for campaign in self.campaigns:
            key = campaign["Campaign key"]
            calls = [call for call in self.made if call["Campaign key"] == key]
            cells |= self.row(f"campaign:{key}", self.of({key: self.members[key]}, calls))
            cells["campaigns", f"campaign:{key}", "status"] = campaign["Status"]
        return cells | self.row(f"market:{self.query.key}", self.of(self.members, self.made))

    def row(self, about: str, counts: dict[str, int]) -> Cells:
        cells: Cells = {}
        for name in ("contact_count", "coverage", "calls_made", "connection_rate", "meetings_booked"):
            cells |= metric_cells("campaigns", about, name, counts)
        return cells | metric_cells("campaigns", about, "signals_captured", counts)

    def of(self, members: dict[str, set[str]], calls: list[Row]) -> dict[str, int]:
        talks = [call for call in calls if call["Outcome"] in CONVERSATIONS]
        people = set().union(*members.values()) if members else set()
        return {
            "contact_count": len(people),
            "calls_made": len(calls),
            "conversations": len(talks),
            "meetings_booked": sum(call["Outcome"] == "Meeting Booked" for call in calls),
            "signals_captured": self.signals_of(calls),
            "called": len(called_members(calls, members)),
        }

    def signals_of(self, calls: list[Row]) -> int:
        keys = {call["Call key"] for call in calls}
        return sum(row["Call key"] in keys for row in self.files.signals)

    # What the calls came to, and when

    def weeks(self) -> Cells:
        query, days = self.query, [self.local(call).date() for call in self.made]
        last = min(query.last or max(days, default=query.today), query.today)
        running = monday(last)
        cells: Cells = {}
        for start in (running - timedelta(weeks=n) for n in range(WEEKS)):
            if query.first and start + timedelta(days=6) < query.first:
                continue
            calls = [call for call in self.made if monday(self.local(call).date()) == start]
            talks = sum(call["Outcome"] in CONVERSATIONS for call in calls)
            is_running = start == monday(query.today)
            label = f"{self.day(start)}{' (running)' if is_running else ''}"
            cells |= {("weeks", label, "Calls"): f"{len(calls):,}", ("weeks", label, "Conversations"): f"{talks:,}"}
            words = f"{len(calls):,} calls, {talks:,} conversations{' so far' if is_running else ''}"
            cells["weeks", "mark", f"{self.day(start)} – {self.day(start + timedelta(days=6))}"] = words
        return cells

    def day(self, day: date) -> str:
        text = f"{day.day} {MONTHS[day.month - 1]}"
        return text if day.year == self.query.moment.astimezone(self.query.zone).year else f"{text} {day.year}"

    def times(self) -> Cells:
        calls, talks = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
        for call in self.made:
            at = self.local(call)
            calls[at.weekday(), at.hour] += 1
            talks[at.weekday(), at.hour] += call["Outcome"] in CONVERSATIONS
        if not calls:
            return {}
        hours = range(min(hour for _, hour in calls), max(hour for _, hour in calls) + 1)
        cells: Cells = {}
        for day in range(7 if any(day > 4 for day, _ in calls) else 5):
            for hour in hours:
                made, talked, name = calls[day, hour], talks[day, hour], WEEKDAYS[day]
                cells["times", name, f"{hour:02}"] = f"{talked:,} / {made:,}" if made else ""
                cells["times", "mark", f"{name} {hour:02}:00–{hour:02}:59"] = in_words(talked, made)
        return cells

    def outcomes(self) -> Cells:
        found, cells = Counter(call["Outcome"] for call in self.made), {}
        for outcome in OUTCOMES if self.made else ():
            key = f"outcome:{outcome.lower().replace(' ', '_')}"
            cells["outcome", key] = str(found[outcome])
            cells["outcome", key, "share"] = percent(found[outcome], len(self.made))
        return cells

    # What the market says

    def current(self) -> list[Row]:
        """Each person's newest signal of each type, of those whose call counts for the market."""
        newest: dict[tuple[str, str], Row] = {}
        for row in self.heard:
            about = row["Person key"], row["Type"]
            if about not in newest or order(newest[about]) < order(row):
                newest[about] = row
        ours = {call["Call key"] for call in self.ever}
        return [row for row in newest.values() if row["Call key"] in ours]

    def ages(self) -> Counter[str]:
        def age(heard: datetime) -> str:
            old = self.query.at - heard
            return "fresh" if old <= timedelta(days=90) else "ageing" if old <= timedelta(days=180) else "stale"

        return Counter(age(moment(row["Heard"])) for row in self.current())

    def current_signals(self) -> Cells:
        cells = {("current", "Freshness", age): str(count) for age, count in self.ages().items()}
        for row in self.current():
            for about in (("current", row["Type"]), ("current", row["Type"], row["Value"])):
                cells[about] = str(int(cells.get(about, "0")) + 1)
        return cells

    def moves(self) -> Cells:
        ours, found = {call["Call key"] for call in self.ever}, []
        by_person: dict[str, list[Row]] = {}
        for row in sorted(self.heard, key=order):
            if row["Type"] == MOVEMENT:
                by_person.setdefault(row["Person key"], []).append(row)
        for rows in by_person.values():
            days = [moment(row["Heard"]).astimezone(self.query.zone).date() for row in rows]
            within = [row for row, day in zip(rows, days, strict=True) if self.query.includes(day)]
            known = [row for row, day in zip(rows, days, strict=True) if self.query.first and day < self.query.first]
            before = (known[-1] if known else rows[0])["Value"]
            if within and within[-1]["Call key"] in ours and within[-1]["Value"] != before:
                found.append((within[-1], before))
        cells: Cells = {("moved",): str(len(found))} if found else {}
        for place, (row, before) in enumerate(sorted(found, key=lambda one: order(one[0]), reverse=True)[:MOST_MOVED]):
            person, after = self.people[row["Person key"]], row["Value"]
            firm = f" · {person['Firm']}" if person["Firm"] else ""
            way = "stronger" if STRONGER.index(after) > STRONGER.index(before) else "weaker"
            cells["moved", str(place)] = f"{person['Name']}{firm} {before} → {after} {way}"
        return cells

    def firms(self) -> Cells:
        rows = [row for row in self.current() if row["Type"] in (MOVEMENT, STABILITY)]
        heard: dict[str, set[str]] = {}
        for row in rows:
            heard.setdefault(self.people[row["Person key"]]["Firm"], set()).add(row["Person key"])
        enough = {firm: len(people) for firm, people in heard.items() if firm and len(people) >= FEWEST_HEARD}
        cells: Cells = {}
        for firm in largest(enough):
            cells["firms", firm] = ""
            members = [row for row in rows if self.people[row["Person key"]]["Firm"] == firm]
            for (kind, value), count in Counter((row["Type"], row["Value"]) for row in members).items():
                cells["firms", firm, kind, value] = str(count)
        return cells

    # How far the landscape is covered

    def coverage(self) -> Cells:
        by = self.query.by
        talks = [call for call in self.made if call["Outcome"] in CONVERSATIONS]
        everybody = {row["Person key"] for row in self.files.landscape}
        states = {
            "landscape": everybody,
            "contact_count": set().union(*self.members.values()),
            "called": called_members(self.made, self.members),
            "reached": called_members(talks, self.members),
        }
        group = {key: self.people[key][COLUMNS[by]] for key in everybody}
        named = largest(Counter(group.values()))
        groups = {name: {key for key in everybody if group[key] == name} for name in named}
        if others := everybody - set().union(*groups.values()):
            groups["Other or unknown"] = others
        return {
            ("coverage", by, label, state): str(len(members & people))
            for label, members in groups.items()
            for state, people in states.items()
        }


def counts(call: Row) -> bool:
    """Whether it is in K."""
    return call["Direction"] == "Outbound" and call["Outcome"] != "" and call["Voided at"] == ""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def order(signal: Row) -> tuple[datetime, int]:
    return moment(signal["Heard"]), int(signal["Signal key"])


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def called_members(calls: Iterable[Row], members: dict[str, set[str]]) -> set[str]:
    """The members among those who were called."""
    return {call["Person key"] for call in calls if call["Person key"] in members.get(call["Campaign key"], ())}


def largest(people: dict[str, int]) -> list[str]:
    return sorted((name for name in people if name), key=lambda name: (-people[name], name))[:MOST_GROUPS]


def versus(query: PageQuery) -> str:
    """What changes are measured against; only where the page has any."""
    assert query.first
    assert query.last
    return f"vs previous {(min(query.last, query.today) - query.first).days + 1} days"
