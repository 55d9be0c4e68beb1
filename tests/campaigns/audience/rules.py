"""Rules drawn at random over everything that a workspace has."""

from datetime import date, timedelta

from hypothesis import strategies as st

from campaigns.dispositions import Disposition
from tests.campaigns.audience.history import BEGIN, END
from tests.campaigns.audience.oracle import WEAKEST_FIRST

FIRST_DAY, LAST_DAY = BEGIN.date(), END.date()
DAYS = st.dates(FIRST_DAY - timedelta(days=2), LAST_DAY)
TEXTS = {
    "firm": ["Baker LLP", "BAKER", "élan", "Élan Partners", "0%", "100_", "Law"],
    "seniority": ["partner", "Associate", "Counsel"],
    "city": ["new york", "São Paulo", "bos"],
}
CUSTOM = [
    ("rank", "is", st.sampled_from([1, 2, 2.5, 7])),
    ("rank", "at_least", st.sampled_from([-3, 2, 2.5])),
    ("rank", "at_most", st.sampled_from([0, 2, 40])),
    ("rank", "contains", st.sampled_from(["2", "an"])),
    ("joined", "is", st.just("2020-05-01")),
    ("joined", "at_least", st.sampled_from(["2019-01-01", "2021-01-31"])),
    ("joined", "at_most", st.sampled_from(["2021-01-31", "2100-01-01"])),
    ("school", "is", st.sampled_from(["YALE", "nyu_law", "École de Droit"])),
    ("school", "contains", st.sampled_from(["_", "a", "École"])),
    ("range", "is", st.sampled_from(["A", "b"])),
]


def some(values, most=3, least=1):
    return st.lists(st.sampled_from(list(values)), min_size=least, max_size=most, unique=True)


def condition(kind, **parameters):
    return st.fixed_dictionaries({"kind": st.just(kind), **parameters}, optional={"negated": st.just(True)})


def conditions(history):
    campaigns = some([each.pk for each in history.campaigns], least=0)
    counts = {"op": st.sampled_from(["at_least", "at_most"]), "count": st.integers(0, 5), "campaigns": campaigns}
    days = DAYS.map(date.isoformat)
    each = [
        condition("market", markets=some([each.pk for each in history.markets])),
        condition("tag", tags=some([each.pk for each in history.tags])),
        condition("import", imports=some([each.pk for each in history.imports])),
        condition("attempts", **counts),
        condition("conversations", **counts),
        condition("last_call", op=st.sampled_from(["before", "since"]), day=days, campaigns=campaigns),
        condition(
            "last_call",
            op=st.sampled_from(["within_days", "not_within_days"]),
            days=st.sampled_from([0, 1, 3, 14, 60, 400]),
            campaigns=campaigns,
        ),
        condition("last_call", op=st.just("never"), campaigns=campaigns),
        condition(
            "meeting", statuses=some(["scheduled", "held", "no_show", "cancelled"], least=0), campaigns=campaigns
        ),
        condition("member", of=st.sampled_from(["running", "any"])),
        condition("member", of=st.just("campaigns"), campaigns=some([each.pk for each in history.campaigns])),
        condition("number"),
        condition("suppressed"),
        condition("off_limits"),
        condition("interest", campaigns=campaigns),
        condition("search", text=st.sampled_from(["ann", "ÉMILE", "x1", "5551", "Law", "%", "people.example"])),
        condition("custom", field=st.sampled_from(["rank", "joined", "school"]), op=st.just("given")),
    ]
    outcome = condition(
        "outcome", when=st.sampled_from(["ever", "last"]), outcomes=some(Disposition.values), campaigns=campaigns
    )
    for field, texts in TEXTS.items():
        each.append(condition(field, op=st.sampled_from(["is", "contains"]), values=some(texts)))
        each.append(condition(field, op=st.just("blank")))
    custom = [condition("custom", field=st.just(field), op=st.just(op), value=value) for field, op, value in CUSTOM]
    signal = [
        condition(
            "signal",
            type=st.just(type_),
            op=st.sampled_from(["is", "at_least"]),
            value=st.sampled_from(values),
            freshness=some(["fresh", "ageing", "stale"], most=2, least=0),
        )
        for type_, values in WEAKEST_FIRST.items()
    ]
    return st.one_of(outcome, outcome, st.one_of(custom), st.one_of(signal), *each)


def rules(history):
    def group(parts):
        members = st.lists(parts, min_size=1, max_size=3)
        return st.fixed_dictionaries({"match": st.sampled_from(["all", "any", "none"]), "conditions": members})

    leaf = conditions(history)
    inner = group(st.one_of(leaf, group(leaf)))
    outer = st.lists(st.one_of(leaf, leaf, inner), max_size=3)
    return st.fixed_dictionaries(
        {"version": st.just(1), "match": st.sampled_from(["all", "all", "any", "none"]), "conditions": outer}
    )
