"""What a rule means, said a second time: a plain filter in Python over exported rows, without a query.

Nothing here is shared with campaigns.audience. Stored summaries (attempts, newest outcomes, current signals) are not
read; they are counted again from the calls as of the day.
"""

from datetime import date, timedelta

from tests.campaigns.audience.export import json_of, moment
from tests.campaigns.audience.past import small

OUTCOMES = {
    "no_answer": "No Answer",
    "voicemail": "Voicemail",
    "gatekeeper": "Gatekeeper",
    "incorrect_number": "Incorrect Number",
    "not_interested": "Not Interested",
    "callback_requested": "Callback Requested",
    "future_potential": "Future Potential",
    "meeting_booked": "Meeting Booked",
    "do_not_contact": "Do Not Contact",
}
CONVERSATIONS = {"not_interested", "callback_requested", "future_potential", "meeting_booked"}
INTEREST = ["callback_requested", "future_potential", "meeting_booked"]
WEAKEST_FIRST = {
    "movement_state": ["Not Moving", "Soft Listening", "Exploring", "Active"],
    "timing_window": ["Unknown", "12+ months", "6-12 months", "3-6 months", "Within 3 months"],
    "motivation_driver": [
        "Compensation",
        "Platform and Clients",
        "Advancement",
        "Culture and Leadership",
        "Flexibility",
        "Relocation",
        "Firm Instability",
        "Other",
    ],
}
SIGNALS = {
    "movement_state": "Movement State",
    "timing_window": "Timing Window",
    "motivation_driver": "Motivation Driver",
}
LABELS = {"firm": "Firm", "seniority": "Seniority", "city": "City"}
CUSTOM_KINDS = {"rank": "number", "joined": "date", "school": "text", "range": "choice"}


class Oracle:
    """For each kind of condition, why a person matches, or None. Those that say no more than the rule's sentence give
    an empty text."""

    def __init__(self, past):
        self.past = past

    def calls(self, contact, campaigns):
        return [call for call in self.past.counted[contact] if not campaigns or call["campaign"] in campaigns]

    def market(self, contact, markets):
        rows = [
            (moment(row["added_at"]), int(row["id"]), row["market_id"])
            for row in self.past.rows("marketcontact", "added_at")
            if int(row["contact_id"]) == contact and int(row["market_id"]) in markets
        ]
        if rows:
            added, _, market = min(rows)
            (name,) = (row["name"] for row in self.past.tables["market"] if row["id"] == market)
            return f"In {name} since {self.past.day_text(added)}"
        return None

    def _text(self, field, contact, op, values=()):
        text = self.past.people[contact][field]
        held = {
            "is": any(small(text) == small(value) for value in values),
            "contains": any(small(value) in small(text) for value in values),
            "blank": text == "",
        }
        if not held[op]:
            return None
        return f"{LABELS[field]} is {text}" if text else f"{LABELS[field]} is not given"

    def firm(self, contact, **given):
        return self._text("firm", contact, **given)

    def seniority(self, contact, **given):
        return self._text("seniority", contact, **given)

    def city(self, contact, **given):
        return self._text("city", contact, **given)

    def custom(self, contact, field, op, value=None):
        stored = json_of(self.past.people[contact]["custom"]).get(field)
        kind = CUSTOM_KINDS[field]
        if stored is None:
            return None
        is_comparable = isinstance(stored, int | float) if kind == "number" else stored[:1].isdigit()
        text = str(stored)
        held = {
            "given": lambda: text != "",
            "contains": lambda: small(str(value)) in small(text),
            "is": lambda: stored == value if kind == "number" else small(text) == small(str(value)),
            "at_least": lambda: is_comparable and stored >= value,
            "at_most": lambda: is_comparable and stored <= value,
        }[op]()
        if not held:
            return None
        shown = text
        if kind == "date" and text[:1].isdigit():
            day = date.fromisoformat(text)
            shown = f"{day.day} {day:%b}" if day.year == self.past.today.year else f"{day.day} {day:%b} {day.year}"
        return f"{field.title()} is {shown}"

    def tag(self, contact, tags):
        names = {row["id"]: row["name"] for row in self.past.tables["tag"]}
        rows = [
            (moment(row["added_at"]), int(row["id"]), row["tag_id"])
            for row in self.past.rows("contacttag", "added_at")
            if int(row["contact_id"]) == contact and int(row["tag_id"]) in tags
        ]
        if rows:
            added, _, tag = min(rows)
            return f"Tagged {names[tag]} on {self.past.day_text(added)}"
        return None

    def import_(self, contact, imports):
        begun = {row["id"] for row in self.past.rows("importjob", "created_at")}
        return next(
            (
                ""
                for row in self.past.tables["importedcontact"]
                if int(row["contact_id"]) == contact
                and int(row["job_id"]) in imports
                and row["job_id"] in begun
                and row["outcome"] != "n"
            ),
            None,
        )

    def outcome(self, contact, when, outcomes, campaigns=()):
        calls = self.calls(contact, campaigns)
        if when == "last":
            calls = [call for call in calls if call["started"] == calls[-1]["started"]]
        for call in reversed(calls):
            if call["outcome"] in outcomes:
                return self._told(OUTCOMES[call["outcome"]], call["started"], call["campaign"])
        return None

    def _told(self, what, when, campaign):
        return f"{what} on {self.past.day_text(when)} in {self.past.campaigns[campaign]['name']}"

    def _count(self, noun, contact, op, count, campaigns, outcomes):
        found = sum(call["outcome"] in outcomes for call in self.calls(contact, campaigns))
        if found < count if op == "at_least" else found > count:
            return None
        return f"{found} {noun if found == 1 else noun + 's'}{self.past.where(campaigns)}"

    def attempts(self, contact, op, count, campaigns=()):
        return self._count("attempt", contact, op, count, campaigns, OUTCOMES)

    def conversations(self, contact, op, count, campaigns=()):
        return self._count("conversation", contact, op, count, campaigns, CONVERSATIONS)

    def last_call(self, contact, op, day=None, days=None, campaigns=()):
        calls = self.calls(contact, campaigns)
        last = self.past.day_of(calls[-1]["started"]) if calls else None
        is_recent = bool(calls) and days is not None and last >= self.past.today - timedelta(days=days)
        held = {
            "before": bool(calls) and day is not None and last < date.fromisoformat(day),
            "since": bool(calls) and day is not None and last >= date.fromisoformat(day),
            "never": not calls,
            "within_days": is_recent,
            "not_within_days": not is_recent,
        }[op]
        if not held:
            return None
        if not calls:
            return f"Never called{self.past.where(campaigns)}"
        return self._told("Last called", calls[-1]["started"], calls[-1]["campaign"])

    def signal(self, contact, type, op, value, freshness=()):
        row, call = self.past.signals.get((contact, type), (None, None))
        if row is None:
            return None
        order = WEAKEST_FIRST[type]
        is_enough = row["value"] == value if op == "is" else order.index(row["value"]) >= order.index(value)
        age = self.past.at - call["started"]
        freshest = "fresh" if age <= timedelta(days=90) else "ageing" if age <= timedelta(days=180) else "stale"
        if not is_enough or (freshness and freshest not in freshness):
            return None
        return self._told(f"{SIGNALS[type]} {row['value']}", call["started"], call["campaign"])

    def meeting(self, contact, statuses=(), campaigns=()):
        found = [
            each
            for each in self.past.meetings[contact]
            if (not statuses or each[2] in statuses) and (not campaigns or each[3] in campaigns)
        ]
        if not found:
            return None
        booked, _, status, campaign = max(found)
        return f"{self._told('Meeting booked', booked, campaign)}: {status.replace('no_show', 'no-show')}"

    def member(self, contact, of, campaigns=()):
        wanted = {"campaigns": set(campaigns), "running": self.past.running, "any": set(self.past.campaigns)}[of]
        found = [each for each in self.past.members[contact] if each[2] in wanted]
        if not found:
            return None
        added, _, campaign = max(found)
        return f"In {self.past.label(campaign)} since {self.past.day_text(added)}"

    def number(self, contact):
        row = self.past.people[contact]
        return "" if row["phone_e164"] and row["phone_e164"] != row["wrong_phone"] else None

    def suppressed(self, contact):
        row = self.past.people[contact]
        keys = {(name, row[name]) for name in ("id", "phone_e164", "email")}
        return "" if keys & self.past.suppressed_keys else None

    def off_limits(self, contact):
        row, (ids, firms) = self.past.people[contact], self.past.off_limits
        return "" if row["id"] in ids or small(row["firm"]) in firms else None

    def interest(self, contact, campaigns=()):
        evidence = (
            self.outcome(contact, "ever", INTEREST, campaigns),
            self.signal(contact, "movement_state", "at_least", "Exploring"),
            self.signal(contact, "timing_window", "at_least", "6-12 months"),
        )
        return "; ".join(filter(None, evidence)) or None

    def search(self, contact, text):
        row = self.past.people[contact]
        is_found = (
            any(small(text) in small(row[name]) for name in ("firm", "email", "external_id", "title", "city"))
            or text.casefold() in row["name_key"]
        )
        digits = "".join(char for char in text if char.isdigit())
        return "" if is_found or (len(digits) >= 4 and digits in row["phone_e164"]) else None

    def judge(self, node, contact, sentence):
        """Whether the contact matches a part of a rule, with what is known and what is not the case.

        `sentence` gives the words of a condition, and of its opposite.
        """
        if "kind" in node:
            given = {name: value for name, value in node.items() if name not in ("kind", "negated")}
            evidence = getattr(self, node["kind"].replace("import", "import_"))(contact, **given)
            if node.get("negated"):
                return evidence is None, [], [sentence(node)]
            return evidence is not None, [evidence or sentence(node)], []
        parts = [self.judge(part, contact, sentence) for part in node["conditions"]]
        if node["match"] == "none":
            return not any(held for held, _, _ in parts), [], [sentence(part, True) for part in node["conditions"]]
        true = [part for part in parts if part[0]]
        held = len(true) == len(parts) if node["match"] == "all" else bool(true)
        return held, [text for _, known, _ in true for text in known], [text for *_, not_so in true for text in not_so]

    def reasons(self, rule, sentence):
        """By contact that matches, why."""
        found = {}
        for contact in self.past.people:
            held, known, not_so = self.judge(rule, contact, sentence)
            if held or not rule["conditions"]:
                found[contact] = list(dict.fromkeys(known or not_so))
        return found
