"""Where the invented people work, and fictitious phone numbers.

The ranges are reserved for fiction: 555-0100 to 555-0199 in North America, and those published for drama by Ofcom and
the Bundesnetzagentur.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from markets.contacts.numbering_plans import common_e164


@dataclass(frozen=True)
class Geography:
    """`towns` are weighted in tenths of the people."""

    name: str
    towns: tuple[tuple[str, int], ...]
    timezone: str
    ranges: tuple[tuple[str, int], ...]
    """Format strings for phone numbers, each with the size of its range."""
    speaks_german: bool = False


def _american(*area_codes: int) -> tuple[tuple[str, int], ...]:
    return tuple((f"({code}) 555-01{{:02}}", 100) for code in area_codes)


NEW_YORK = Geography(
    "New York",
    (("New York", 8), ("Newark", 1), ("Stamford", 1)),
    "America/New_York",
    _american(212, 646, 917, 332, 718, 347, 929, 914, 201, 973, 551, 862, 203, 475),
)
CHICAGO = Geography(
    "Chicago",
    (("Chicago", 9), ("Evanston", 1)),
    "America/Chicago",
    _american(312, 773, 872, 847, 630, 708, 224, 331),
)
BOSTON = Geography(
    "Boston", (("Boston", 8), ("Cambridge", 2)), "America/New_York", _american(617, 857, 781, 339, 508, 774)
)
SAN_FRANCISCO = Geography(
    "San Francisco",
    (("San Francisco", 6), ("Palo Alto", 3), ("Oakland", 1)),
    "America/Los_Angeles",
    _american(415, 628, 650, 510, 408, 669, 925, 707),
)
LONDON = Geography(
    "London", (("London", 10),), "Europe/London", (("+44 20 7946 0{:03}", 1000), ("+44 161 496 0{:03}", 1000))
)
FRANKFURT = Geography(
    "Frankfurt",
    (("Frankfurt am Main", 10),),
    "Europe/Berlin",
    (("+49 69 90009 {:03}", 1000),),
    speaks_german=True,
)


@dataclass(frozen=True)
class MarketProfile:
    """The description of a market; `weight` is its relative number of people."""

    practice_area: str
    geography: Geography
    weight: int
    seniority: str = ""
    firm_tier: str = ""


MARKET_PROFILES = (
    MarketProfile("M&A", NEW_YORK, 26, "Associate to Counsel", "Top 50"),
    MarketProfile("Private Equity", LONDON, 20, "Senior Associate and up", "International"),
    MarketProfile("Leveraged Finance", NEW_YORK, 16, "", "Top 100"),
    MarketProfile("Restructuring", CHICAGO, 13, "Counsel and Partner"),
    MarketProfile("Capital Markets", FRANKFURT, 12, "", "International"),
    MarketProfile("Technology Transactions", SAN_FRANCISCO, 13, "Associate to Counsel"),
    MarketProfile("Funds", LONDON, 12),
    MarketProfile("Life Sciences", BOSTON, 11),
    MarketProfile("Antitrust", CHICAGO, 10),
    MarketProfile("Tax", LONDON, 9),
    MarketProfile("Executive Compensation", NEW_YORK, 8),
    MarketProfile("Data Privacy", SAN_FRANCISCO, 8),
)


class PhoneNumberPool:
    """Hands out each number once. When a geography runs out, it uses other North American area codes."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._by_geography: dict[str, list[str]] = {}
        self._overflow_numbers = self._generate_overflow()

    def take(self, geography: Geography) -> str:
        """The next number, formatted as a person would type it; empty if none is left."""
        if geography.name not in self._by_geography:
            numbers = [pattern.format(n) for pattern, count in geography.ranges for n in range(count)]
            self._rng.shuffle(numbers)
            self._by_geography[geography.name] = numbers
        numbers = self._by_geography[geography.name]
        return numbers.pop() if numbers else next(self._overflow_numbers, "")

    def _generate_overflow(self) -> Iterator[str]:
        reserved = {pattern for profile in MARKET_PROFILES for pattern, _ in profile.geography.ranges}
        for pattern, count in _american(*range(210, 1000)):
            if pattern not in reserved and common_e164(pattern.format(0), "US"):
                yield from (pattern.format(n) for n in range(count))
