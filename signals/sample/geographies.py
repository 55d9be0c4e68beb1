"""Where the invented people work, and telephone numbers that belong to nobody.

The ranges are those kept free for fiction: 555-0100 to 555-0199 in North America, Ofcom's drama numbers, and the ones
of the Bundesnetzagentur.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Place:
    """A geography: its towns with how many in ten work there, its time zone, and its ranges of numbers."""

    name: str
    towns: tuple[tuple[str, int], ...]
    timezone: str
    ranges: tuple[tuple[str, int], ...]
    """A number with a gap for its last digits, and how many there are."""
    speaks_german: bool = False


def _american(*area_codes: int) -> tuple[tuple[str, int], ...]:
    return tuple((f"({code}) 555-01{{:02}}", 100) for code in area_codes)


NEW_YORK = Place(
    "New York",
    (("New York", 8), ("Newark", 1), ("Stamford", 1)),
    "America/New_York",
    _american(212, 646, 917, 332, 718, 347, 929, 914, 201, 973, 551, 862, 203, 475),
)
CHICAGO = Place(
    "Chicago",
    (("Chicago", 9), ("Evanston", 1)),
    "America/Chicago",
    _american(312, 773, 872, 847, 630, 708, 224, 331),
)
BOSTON = Place("Boston", (("Boston", 8), ("Cambridge", 2)), "America/New_York", _american(617, 857, 781, 339, 508, 774))
SAN_FRANCISCO = Place(
    "San Francisco",
    (("San Francisco", 6), ("Palo Alto", 3), ("Oakland", 1)),
    "America/Los_Angeles",
    _american(415, 628, 650, 510, 408, 669, 925, 707),
)
LONDON = Place(
    "London", (("London", 10),), "Europe/London", (("+44 20 7946 0{:03}", 1000), ("+44 7700 900{:03}", 1000))
)
FRANKFURT = Place(
    "Frankfurt",
    (("Frankfurt am Main", 10),),
    "Europe/Berlin",
    (("+49 69 90009 {:03}", 1000),),
    speaks_german=True,
)


@dataclass(frozen=True)
class Landscape:
    """What a market is made of; `weight` is its part of the people."""

    practice_area: str
    place: Place
    weight: int
    seniority: str = ""
    firm_tier: str = ""


LANDSCAPES = (
    Landscape("M&A", NEW_YORK, 26, "Associate to Counsel", "Top 50"),
    Landscape("Private Equity", LONDON, 20, "Senior Associate and up", "International"),
    Landscape("Leveraged Finance", NEW_YORK, 16, "", "Top 100"),
    Landscape("Restructuring", CHICAGO, 13, "Counsel and Partner"),
    Landscape("Capital Markets", FRANKFURT, 12, "", "International"),
    Landscape("Technology Transactions", SAN_FRANCISCO, 13, "Associate to Counsel"),
    Landscape("Funds", LONDON, 12),
    Landscape("Life Sciences", BOSTON, 11),
    Landscape("Antitrust", CHICAGO, 10),
    Landscape("Tax", LONDON, 9),
    Landscape("Executive Compensation", NEW_YORK, 8),
    Landscape("Data Privacy", SAN_FRANCISCO, 8),
)


class Numbers:
    """Gives out each number once. When a place's own run out, people there have numbers from elsewhere in America."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._of_place: dict[str, list[str]] = {}
        self._elsewhere = self._overflow()

    def take(self, place: Place) -> str:
        """The next number, as somebody would type it; empty when there is none left."""
        if place.name not in self._of_place:
            numbers = [gap.format(n) for gap, count in place.ranges for n in range(count)]
            self._rng.shuffle(numbers)
            self._of_place[place.name] = numbers
        numbers = self._of_place[place.name]
        return numbers.pop() if numbers else next(self._elsewhere, "")

    def _overflow(self) -> Iterator[str]:
        taken = {gap for landscape in LANDSCAPES for gap, _ in landscape.place.ranges}
        for gap, count in _american(*range(210, 1000)):
            if gap not in taken:
                yield from (gap.format(n) for n in range(count))
