"""What exported rows said at the end of a day: stored summaries are counted again from the calls."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import connection

from tests.campaigns.audience.export import json_of, moment


def small(text):
    """In small letters; SQLite knows only those of English."""
    if connection.vendor != "sqlite":
        return text.lower()
    return "".join(char.lower() if char.isascii() else char for char in text)


def listed(names):
    names = list(names)
    if len(names) > 5:
        names = [*names[:5], f"{len(names) - 5} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


class Past:
    """The exported rows as they were known at the end of a day, or now."""

    def __init__(self, tables, zone: ZoneInfo, now: datetime, day: date | None):
        self.tables, self.zone, self.day = tables, zone, day
        self.end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone) if day else None
        self.at = self.end or now
        self.today = day or now.astimezone(zone).date()

    def happened(self, text):
        """Whether the moment in a cell has passed."""
        found = moment(text)
        return found is not None and (self.end is None or found < self.end)

    def rows(self, table, recorded):
        return [row for row in self.tables[table] if self.happened(row[recorded])]

    def value_then(self, row, changes, changed, before, now):
        """A value before the first change that came later."""
        later = [each for each in changes if not self.happened(each[changed])]
        return min(later, key=lambda each: (moment(each[changed]), int(each["id"])))[before] if later else row[now]

    def day_of(self, when):
        return when.astimezone(self.zone).date()

    def day_text(self, when):
        day = self.day_of(when)
        return f"{day.day} {day:%b %Y}"

    @cached_property
    def people(self):
        return {int(row["id"]): row for row in self.rows("contact", "created_at")}

    @cached_property
    def campaigns(self):
        return {int(row["id"]): row for row in self.tables["campaign"]}

    @cached_property
    def running(self):
        changes = defaultdict(list)
        for each in self.tables["statuschange"]:
            changes[each["campaign_id"]].append(each)
        return {
            int(row["id"])
            for row in self.rows("campaign", "created_at")
            if self.value_then(row, changes[row["id"]], "changed_at", "from_status", "status") in ("active", "paused")
        }

    @cached_property
    def calls(self):
        """Calls that are not voided, planned ones too, with their values of the day."""
        corrections = defaultdict(list)
        for each in self.tables["correction"]:
            if not self.happened(each["corrected_at"]):
                corrections[each["call_id"]].append(each)
        found = {}
        for row in self.rows("call", "recorded_at"):
            values = dict(row)
            later = sorted(corrections[row["id"]], key=lambda each: (moment(each["corrected_at"]), int(each["id"])))
            for each in later:
                for field, before in json_of(each["before"]).items():
                    if values.get(f"{field} then") is None:
                        values[field], values[f"{field} then"] = before or "", True
            if not self.happened(values["voided_at"]):
                found[int(row["id"])] = {
                    "id": int(row["id"]),
                    "contact": int(row["contact_id"]),
                    "campaign": int(row["campaign_id"]),
                    "started": moment(values["started_at"]),
                    "outcome": values["disposition"],
                    "counts": values["direction"] == "outbound" and values["disposition"] != "",
                }
        return found

    @cached_property
    def counted(self):
        """The counted calls of each person, oldest first."""
        by_contact = defaultdict(list)
        for call in sorted(self.calls.values(), key=lambda call: (call["started"], call["id"])):
            if call["counts"]:
                by_contact[call["contact"]].append(call)
        return by_contact

    @cached_property
    def signals(self):
        """By person and type the current signal."""
        newest = {}
        for row in self.rows("signal", "captured_at"):
            call = self.calls.get(int(row["call_id"]))
            if call:
                key, rank = (int(row["contact_id"]), row["type"]), (call["started"], int(row["id"]))
                newest[key] = max(newest.get(key, (rank, row, call)), (rank, row, call), key=lambda each: each[0])
        return {key: (row, call) for key, (_, row, call) in newest.items() if call["counts"]}

    @cached_property
    def members(self):
        """By person the campaigns that they are in, with the moments when they were added."""
        absent = {
            (row["campaign_id"], row["contact_id"])
            for row in self.tables["absence"]
            if self.happened(row["removed_at"]) and not self.happened(row["returned_at"])
        }
        found = defaultdict(list)
        for row in self.rows("campaigncontact", "added_at"):
            if not self.happened(row["removed_at"]) and (row["campaign_id"], row["contact_id"]) not in absent:
                found[int(row["contact_id"])].append((moment(row["added_at"]), int(row["id"]), int(row["campaign_id"])))
        return found

    @cached_property
    def meetings(self):
        changes = defaultdict(list)
        for each in self.tables["meetingchange"]:
            changes[each["meeting_id"]].append(each)
        found = defaultdict(list)
        for row in self.rows("meeting", "created_at"):
            call = self.calls.get(int(row["call_id"]))
            if call and call["counts"]:
                status = self.value_then(row, changes[row["id"]], "changed_at", "from_status", "status")
                found[call["contact"]].append((call["started"], int(row["id"]), status, call["campaign"]))
        return found

    @cached_property
    def suppressed_keys(self):
        keys = set()
        for row in self.rows("suppression", "created_at"):
            if not self.happened(row["lifted_at"]):
                named = (("id", "contact_id"), ("phone_e164", "phone_e164"), ("email", "email"))
                keys |= {(field, row[name]) for field, name in named if row[name]}
        return keys

    @cached_property
    def off_limits(self):
        ids, firms = set(), set()
        for row in self.rows("offlimits", "created_at"):
            expires = moment(row["expires_at"])
            is_over = expires is not None and expires <= self.at - timedelta(microseconds=1 if self.day else 0)
            if not is_over and not self.happened(row["lifted_at"]):
                ids.add(row["contact_id"])
                firms.add(small(row["firm"]))
        return ids - {""}, firms - {""}

    def label(self, campaign):
        markets = {row["id"]: row["name"] for row in self.tables["market"]}
        row = self.campaigns[campaign]
        return f"{row['name']} · {markets[row['market_id']]}"

    def where(self, campaigns):
        return f" in {listed(self.label(each) for each in campaigns)}" if campaigns else ""
