"""Dialers' logs with calls that cannot be, and do-not-call lists of nobody. They are read on 1 June 2026."""

from tests.hostile.files import table

LOG = "Call ID,Lead ID,Start,Result,Talk time,Notes"
DAY = "2026-05-04"


def at(number: int, moment: str, *, lead: str = "lead-1", result: str = "No Answer", talk: str = "", notes: str = ""):
    return f"c{number},{lead},{moment},{result},{talk},{notes}"


CALLS = [
    table(
        "hours that were not, or were twice", LOG, at(1, "2026-03-08 02:30"), at(2, "2025-11-02 01:30"),
        at(3, "2026-03-08T02:30:00-05:00"), at(4, "2025-11-02 01:30:00 -04:00"), at(5, "2026-03-08 03:30"),
        created=3, rejected={2: "started_at", 3: "started_at"}, kind="calls",
        mend=(("2026-03-08 02:30", "2026-03-08 03:30"), ("2025-11-02 01:30", "2025-11-02 00:30")),
    ),
    table(
        "times that cannot be", LOG, at(1, "0001-01-01 00:00"), at(2, "9999-12-31 23:59"), at(3, "2026-06-02 09:00"),
        at(4, "0000-00-00 00:00:00"), at(5, "2026-02-30 09:00"), at(6, "46053.5"), at(7, f"{DAY} 25:00"), at(8, DAY),
        at(9, "04/05/2026 09:00"), at(10, "0001-01-01T00:00:00+23:59"), at(11, "9999-12-31T23:59:59-23:59"), at(12, ""),
        at(13, f"{DAY} 09:00:00.123456789"), at(14, f"{DAY} 09:00:00+99:00"), at(15, "2019-01-01 09:00"),
        created=2, kind="calls",
        rejected={**dict.fromkeys([*range(2, 7), *range(8, 14), 15], "started_at"), 16: "not_active"},
    ),
    table(
        "talk times that cannot be", LOG, *(at(number, f"{DAY} 09:00", talk=talk) for number, talk in enumerate(
            ["-5", "1e3", "99999999999999999999", "999999999", "86401", "12.5", "00:01:35", "١٢", "NaN", "12.0", "0"]
        )), created=11, kind="calls",
    ),
    table(
        "results and people nobody knows", LOG, at(1, f"{DAY} 09:00", result="Sold!"),
        at(2, f"{DAY} 09:00", result=""), at(3, f"{DAY} 09:00", lead="nobody"), at(4, f"{DAY} 09:00", lead=""),
        at(5, f"{DAY} 09:00", lead="elsewhere"), at(6, f"{DAY} 09:00", result="<script>alert(1)</script>"),
        at(7, f"{DAY} 09:00", result="no-answer"), created=1, kind="calls",
        rejected={2: "outcome_unknown", 3: "disposition", **dict.fromkeys([4, 5, 6], "contact"), 7: "outcome_unknown"},
        mend=(("Sold!", "Voicemail"), (f"{DAY} 09:00,,", f"{DAY} 09:00,Voicemail,"), (",nobody,", ",lead-1,"),
              ("c4,,", "c4,lead-1,"), (",elsewhere,", ",lead-2,"), ("<script>alert(1)</script>", "Voicemail")),
    ),
    table(
        "identifiers that are none, or too long, or said twice", LOG, f",lead-1,{DAY} 09:00,No Answer,,",
        f"\u200b,lead-1,{DAY} 09:00,No Answer,,", f"{'x' * 121},lead-1,{DAY} 09:00,No Answer,,", at(1, f"{DAY} 09:00"),
        at(1, f"{DAY} 09:00"), at(1, f"{DAY} 09:00", talk="9"), at(1, f"{DAY} 09:00", lead="lead-2"), created=2,
        unchanged=2, updated=1, rejected={4: "call_id", 8: "known_otherwise"}, kind="calls",
    ),
    table(
        "notes with formulas, scripts and lines", LOG, at(1, f"{DAY} 09:00", notes="=cmd|' /C calc'!A0"),
        at(2, f"{DAY} 09:00", notes="<script>alert(1)</script>"), at(3, f"{DAY} 09:00", notes='"a\nb\r\n\u202ec"'),
        at(4, f"{DAY} 09:00", notes="x" * 100_000), at(5, f"{DAY} 09:00", talk="x", notes='"+1\n-1"'),
        created=5, kind="calls",
    ),
    table("a log without a column of results", "Call ID,Lead ID,Start", f"c1,lead-1,{DAY} 09:00",
          rejected={2: "disposition"}, refused_in_browser="a call needs all of these", kind="calls"),
    table("a log of people", "Name,Notes", "Ann,x", rejected={2: "started_at"}, kind="calls",
          refused_in_browser="a call needs all of these"),
]  # fmt: skip

SUPPRESSIONS = [
    table("a list of reasons alone", "Reason", "Asked", "Asked", rejected={2: "no_key", 3: "no_key"},
          refused_in_browser="Say which column holds", kind="suppressions"),
    table(
        "a list with nothing that can be used", "Phone,Email,Lead ID,Reason", "call me,,,x", ",no,,x", ",,nobody,x",
        ",,,Asked", "4.47E+11,,,", ",,elsewhere,", kind="suppressions",
        rejected={2: "key", 3: "key", 4: "external_id", 5: "no_key", 6: "key", 7: "external_id"},
        mend=(("call me", "212 555 0101"), (",no,", ",no@f.example,"), ("nobody", "lead-1"),
              (",,,Asked", ",a@f.example,,"), ("4.47E+11", "212 555 0102"), (",,elsewhere", ",,lead-2")),
    ),
    table(
        "one number in many ways", "Phone", "212 555 0101", "+1 (212) 555-0101", "'+12125550101",
        "２１２５５５０１０１", "1-212-555-0101", "\u202a+12125550101\u202c",
        created=1, unchanged=5, kind="suppressions",
    ),
    table(
        "reasons that run", "Phone,Reason", "212 555 0101,=1+1", "212 555 0102,<script>alert(1)</script>",
        f"212 555 0103,{'x' * 3000}", created=3, kind="suppressions",
    ),
]  # fmt: skip

LOGS = [*CALLS, *SUPPRESSIONS]
