"""The invented people and the markets they belong to."""

from datetime import timedelta
from random import Random

from markets.contacts.normalization import fold
from signals.capture.vocabulary import VALUES, SignalType
from signals.sample import texts
from signals.sample.geographies import MARKET_PROFILES, MarketProfile
from signals.sample.scenario import SamplePerson, Scenario

SUPPRESSED_PER_THOUSAND = 5
WITHOUT_PHONE = 0.04
ALSO_IN_NEARBY_MARKET = 0.2
"""Share of people who are in a second market of their geography, if there is one."""
ALSO_IN_DISTANT_MARKET = 0.02
TRANSLITERATION = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord(" "): "", ord("."): ""}
MOVEMENT_WEIGHTS = (46, 30, 17, 7)


def add_people(scenario: Scenario) -> None:
    scenario.markets = list(MARKET_PROFILES[: scenario.size.markets])
    rng, firms = scenario.rng, _Firms(scenario.rng)
    weights = [profile.weight for profile in scenario.markets]
    homes = list(range(len(scenario.markets))) + rng.choices(
        range(len(scenario.markets)), weights, k=max(scenario.size.people - len(weights), 0)
    )
    names = _Names(rng)
    for number, home in enumerate(homes[: scenario.size.people]):
        scenario.people.append(_person(scenario, number, home, names, firms))
    _suppress_some(scenario)


class _Firms:
    """Draws firms, each with one stability, so that people of a firm describe it alike."""

    def __init__(self, rng: Random):
        self._stability = {firm: rng.choices((1, 2, 3), (2, 3, 5))[0] for firm in texts.FIRMS}
        self._weights = [rng.uniform(0.3, 1.6) for _ in texts.FIRMS]

    def draw(self, rng: Random) -> tuple[str, int]:
        (firm,) = rng.choices(texts.FIRMS, self._weights)
        return firm, self._stability[firm]


class _Names:
    """Draws names; one drawn before gets a middle initial."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._used: set[tuple[str, str]] = set()

    def draw(self, *, german: bool) -> tuple[str, str]:
        rng = self._rng
        firsts = texts.GERMAN_FIRST_NAMES if german else texts.FIRST_NAMES
        lasts = texts.GERMAN_LAST_NAMES if german else texts.LAST_NAMES
        name = (rng.choice(firsts), rng.choice(lasts))
        if name in self._used:
            name = (f"{name[0]} {rng.choice('ABCDEFGHJKLMNPRSTW')}.", name[1])
        self._used.add(name)
        return name


def _person(scenario: Scenario, number: int, home: int, names: _Names, firms: _Firms) -> SamplePerson:
    rng, profile = scenario.rng, scenario.markets[home]
    first, last = names.draw(german=profile.geography.speaks_german)
    firm, stability = firms.draw(rng)
    (seniority,) = rng.choices([name for name, _ in texts.SENIORITIES], [weight for _, weight in texts.SENIORITIES])
    (town,) = rng.choices(
        [town for town, _ in profile.geography.towns], [tenths for _, tenths in profile.geography.towns]
    )
    handle = _ascii(f"{first[:1]}{last}{number}")
    domain = _ascii("".join(sign for sign in firm if sign.isalpha()))
    fields = {
        "external_id": f"ATS-{20000 + number}" if rng.random() < 0.8 else "",
        "full_name": f"{first} {last}",
        "first_name": first,
        "last_name": last,
        "email": f"{handle}@{domain}.example",
        "phone": scenario.phone_numbers.take(profile.geography) if rng.random() >= WITHOUT_PHONE else "",
        "firm": firm,
        "title": f"{seniority}, {profile.practice_area}",
        "seniority": seniority,
        "city": town,
        "profile_url": f"https://people.example/{handle}" if rng.random() < 0.6 else "",
    }
    return SamplePerson(
        fields=fields,
        geography=profile.geography,
        markets=_markets(rng, scenario.markets, home),
        movement=rng.choices(range(4), MOVEMENT_WEIGHTS)[0],
        driver=rng.randrange(len(VALUES[SignalType.MOTIVATION_DRIVER])),
        firm_stability=stability,
    )


def _markets(rng: Random, profiles: list[MarketProfile], home: int) -> list[int]:
    near = [other for other, profile in enumerate(profiles) if profile.geography == profiles[home].geography]
    far = [other for other in range(len(profiles)) if other not in near]
    markets = [home]
    if len(near) > 1 and rng.random() < ALSO_IN_NEARBY_MARKET:
        markets.append(rng.choice([other for other in near if other != home]))
    if far and rng.random() < ALSO_IN_DISTANT_MARKET:
        markets.append(rng.choice(far))
    return markets


def _suppress_some(scenario: Scenario) -> None:
    """Marks a few people as suppressed by their number or email, each from a day of the year on."""
    reachable = [person for person in scenario.people if person.fields["phone"]]
    few = max(2, len(reachable) * SUPPRESSED_PER_THOUSAND // 1000)
    for number, person in enumerate(scenario.rng.sample(reachable, min(few, len(reachable)))):
        person.suppressed_from = scenario.today - timedelta(days=scenario.rng.randint(5, 340))
        person.suppressed_by = ("phone", "email")[number % 2]


def _ascii(text: str) -> str:
    return fold(text).translate(TRANSLITERATION)
