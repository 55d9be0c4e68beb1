"""Who is in the landscapes."""

from datetime import timedelta
from random import Random

from markets.contacts.normalization import fold
from signals.capture.vocabulary import VALUES, SignalType
from signals.sample import texts
from signals.sample.places import LANDSCAPES, Landscape
from signals.sample.story import Person, Story

BARRED_IN_A_THOUSAND = 5
WITHOUT_PHONE = 0.04
ALSO_NEXT_DOOR = 0.2
"""Of the people in a place with several markets, those who are in a second one."""
ALSO_ELSEWHERE = 0.02
SPELT = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord(" "): "", ord("."): ""}
MOVEMENT_WEIGHTS = (46, 30, 17, 7)


def invent_people(story: Story) -> None:
    story.landscapes = list(LANDSCAPES[: story.size.markets])
    rng, firms = story.rng, _Firms(story.rng)
    weights = [landscape.weight for landscape in story.landscapes]
    homes = list(range(len(story.landscapes))) + rng.choices(
        range(len(story.landscapes)), weights, k=max(story.size.people - len(weights), 0)
    )
    names = _Names(rng)
    for place, home in enumerate(homes[: story.size.people]):
        story.people.append(_person(story, place, home, names, firms))
    _bar_some(story)


class _Firms:
    """The firms, each with how stable it is: its people tell much the same."""

    def __init__(self, rng: Random):
        self._stability = {firm: rng.choices((1, 2, 3), (2, 3, 5))[0] for firm in texts.FIRMS}
        self._weights = [rng.uniform(0.3, 1.6) for _ in texts.FIRMS]

    def draw(self, rng: Random) -> tuple[str, int]:
        (firm,) = rng.choices(texts.FIRMS, self._weights)
        return firm, self._stability[firm]


class _Names:
    """Names that do not repeat before there is an initial between them."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._given: set[tuple[str, str]] = set()

    def draw(self, *, german: bool) -> tuple[str, str]:
        rng = self._rng
        firsts = texts.GERMAN_FIRST_NAMES if german else texts.FIRST_NAMES
        lasts = texts.GERMAN_LAST_NAMES if german else texts.LAST_NAMES
        name = (rng.choice(firsts), rng.choice(lasts))
        if name in self._given:
            name = (f"{name[0]} {rng.choice('ABCDEFGHJKLMNPRSTW')}.", name[1])
        self._given.add(name)
        return name


def _person(story: Story, number: int, home: int, names: _Names, firms: _Firms) -> Person:
    rng, landscape = story.rng, story.landscapes[home]
    first, last = names.draw(german=landscape.place.speaks_german)
    firm, stability = firms.draw(rng)
    (seniority,) = rng.choices([name for name, _ in texts.SENIORITIES], [weight for _, weight in texts.SENIORITIES])
    (town,) = rng.choices([town for town, _ in landscape.place.towns], [tenths for _, tenths in landscape.place.towns])
    handle = _ascii(f"{first[:1]}{last}{number}")
    domain = _ascii("".join(sign for sign in firm if sign.isalpha()))
    typed = {
        "external_id": f"ATS-{20000 + number}" if rng.random() < 0.8 else "",
        "full_name": f"{first} {last}",
        "first_name": first,
        "last_name": last,
        "email": f"{handle}@{domain}.example",
        "phone": story.numbers.take(landscape.place) if rng.random() >= WITHOUT_PHONE else "",
        "firm": firm,
        "title": f"{seniority}, {landscape.practice_area}",
        "seniority": seniority,
        "city": town,
        "profile_url": f"https://people.example/{handle}" if rng.random() < 0.6 else "",
    }
    return Person(
        typed=typed,
        place=landscape.place,
        markets=_markets(rng, story.landscapes, home),
        movement=rng.choices(range(4), MOVEMENT_WEIGHTS)[0],
        driver=rng.randrange(len(VALUES[SignalType.MOTIVATION_DRIVER])),
        firm_stability=stability,
    )


def _markets(rng: Random, landscapes: list[Landscape], home: int) -> list[int]:
    near = [other for other, landscape in enumerate(landscapes) if landscape.place == landscapes[home].place]
    far = [other for other in range(len(landscapes)) if other not in near]
    found = [home]
    if len(near) > 1 and rng.random() < ALSO_NEXT_DOOR:
        found.append(rng.choice([other for other in near if other != home]))
    if far and rng.random() < ALSO_ELSEWHERE:
        found.append(rng.choice(far))
    return found


def _bar_some(story: Story) -> None:
    """A few people are suppressed by their number or their email, each from some day of the year on."""
    reachable = [person for person in story.people if person.typed["phone"]]
    few = max(2, len(reachable) * BARRED_IN_A_THOUSAND // 1000)
    for place, person in enumerate(story.rng.sample(reachable, min(few, len(reachable)))):
        person.barred_from = story.today - timedelta(days=story.rng.randint(5, 340))
        person.barred_by = ("phone", "email")[place % 2]


def _ascii(text: str) -> str:
    return fold(text).translate(SPELT)
