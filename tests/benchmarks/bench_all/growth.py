"""What pages cost with ten times the calls, beside what they cost with the calls of the reference."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

MOST = 1.3
FEW_ROWS, FEW_MS = 500, 20.0
"""Below these a page costs next to nothing, whatever its share."""
SAME = 1.1
"""Up to this share of rows in all and of rows shown, the answer does not grow."""
GROWING = {
    "calls:list": "says how many calls there are",
    "campaigns:feed": "says how many days of calls there are",
    "campaigns:report": "tells of attempts one by one",
    "campaigns:report_version": "says what has changed since it was frozen, also of attempts",
    "campaigns:performance": "tells of attempts one by one",
    "markets:detail": "tells by weekday and hour of each day when people are reached",
    "calls:callers": "counts the people whom each caller called in a month",
    "callbacks:list": "counts what became of every callback, and those that are owed by the people of a campaign",
    "callbacks:tallies": "counts what became of every callback",
    "repairs:list": "looks at the calls of the people that it lists, who are called ten times as often here",
    "contacts:detail": "shows the calls of one person, who is called ten times as often here",
    "campaigns:call": "shows the calls of one person, who is called ten times as often here",
    "contacts:all": "shows the calls of one person, who is called ten times as often here",
    "campaigns:detail period=": "counts the people called in a period by their calls, within one campaign",
}
"""Pages, or what is asked for of them, whose answer grows with the calls, and how. They are paged, or keep within one
campaign, month or person, or count by an index."""


@dataclass(frozen=True)
class Growth:
    label: str
    role: str
    rows: tuple[int, int]
    buffers: tuple[int, int]
    sql_ms: tuple[float, float]
    p95: tuple[float, float]
    answer: str
    """How its answer grows; nothing if it does not."""

    @property
    def by_rows(self) -> float:
        return self.rows[1] / max(self.rows[0], 1)

    @property
    def by_buffers(self) -> float:
        return self.buffers[1] / max(self.buffers[0], 1)

    @property
    def by_time(self) -> float:
        """By the page's p95 if that was measured, otherwise by what its statements took once."""
        before, after = self.p95 if all(self.p95) else self.sql_ms
        return after / max(before, 0.1)

    @property
    def is_too_much(self) -> bool:
        """More rows in as many blocks are another plan for the same work; a statement that ran once is not measured."""
        reads_more = self.rows[1] > FEW_ROWS and min(self.by_rows, self.by_buffers) > MOST
        takes_longer = all(self.p95) and max(self.p95) > FEW_MS and self.by_time > MOST
        return not self.answer and (reads_more or takes_longer)


def grown(of_one: list[dict], of_ten: list[dict]) -> list[Growth]:
    """What was visited in both, the most grown first."""
    before = {(each["label"], each["role"]): each for each in of_one}
    found = [
        Growth(
            each["label"],
            each["role"],
            (int(one["rows"]), int(each["rows"])),
            (int(one["buffers"]), int(each["buffers"])),
            (float(one["sql_ms"]), float(each["sql_ms"])),
            (float(one["p95"]), float(each["p95"])),
            _answer(one, each),
        )
        for each in of_ten
        if (one := before.get((each["label"], each["role"])))
    ]
    return sorted(found, key=lambda each: (-each.is_too_much, -max(each.by_rows, each.by_time)))


def _answer(one: dict, ten: dict) -> str:
    for name, what in (("in_all", "rows in all"), ("shown", "rows shown")):
        before, after = (int(each[name] or 0) for each in (one, ten))
        if after > SAME * before:
            return f"{before:,} and {after:,} {what}"
    asked = (ten["page"], ten["label"].partition("=")[0] + "=")
    return next((GROWING[each] for each in asked if each in GROWING), "")


def table(found: list[Growth], shown: int) -> Iterator[str]:
    too_many = [each for each in found if each.is_too_much]
    steady = [each for each in found if not each.answer]
    yield f"{len(found):,} pages in both; the answers of {len(steady):,} do not grow, {len(too_many)} of them cost more"
    yield "   rows, and ten  times   p95, and ten  times  page: how its answer grows, or ! if only its cost does"
    for each in found[:shown]:
        before, after = each.p95 if all(each.p95) else each.sql_ms
        yield (
            f"{each.rows[0]:8,}{each.rows[1]:10,} {each.by_rows:5.2f} {before:7.1f} {after:7.1f} {each.by_time:5.2f}"
            f" {'!' if each.is_too_much else ' '} {each.label} ({each.role}){': ' if each.answer else ''}{each.answer}"
        )


def read(path: str) -> list[dict]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))
