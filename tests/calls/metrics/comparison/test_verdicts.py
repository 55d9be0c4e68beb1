"""What is said of two or more campaigns."""

import pytest

from calls.metrics.comparison.verdicts import Side, Verdict, compare_metrics
from calls.metrics.definitions import with_rates
from calls.metrics.presentation import Scope


def side(name, workspace, people=100, called=100, calls=200, conversations=40, meetings=5, signals=20):
    counts = {"contact_count": people, "called": called, "calls_made": calls, "conversations": conversations}
    counts |= {"meetings_booked": meetings, "signals_captured": signals, "reached": 0}
    return Side(name, with_rates(counts), Scope(workspace))


def words(metrics, name):
    return next(metric for metric in metrics if metric.name == name).words


def test_a_higher_rate_is_said_with_its_points_and_interval(workspace):
    metrics = compare_metrics([side("Spring", workspace, conversations=80), side("Autumn", workspace)])

    assert words(metrics, "connection_rate") == "Spring is higher than Autumn by 20.0 points (11.1 to 28.5)"
    assert words(metrics, "meetings_booked") == "No difference beyond chance"
    assert words(metrics, "contact_count") == "Chosen, not measured"


def test_the_order_does_not_change_who_is_higher(workspace):
    one, other = side("Spring", workspace, conversations=80), side("Autumn", workspace)

    assert words(compare_metrics([other, one]), "connection_rate") == words(
        compare_metrics([one, other]), "connection_rate"
    )


def test_counts_are_compared_per_person(workspace):
    metrics = compare_metrics([side("Spring", workspace, people=50, called=50), side("Autumn", workspace, calls=200)])

    assert words(metrics, "calls_made") == "Spring is higher than Autumn (2.0 times as many per person)"
    none = compare_metrics([side("Spring", workspace, meetings=12), side("Autumn", workspace, meetings=0)])
    assert words(none, "meetings_booked") == "Spring is higher than Autumn (with none per person in the other)"


@pytest.mark.parametrize(
    ("fields", "metric", "sentence"),
    [
        ({"calls": 19, "conversations": 19}, "connection_rate", "Can't tell: few calls"),
        ({"calls": 0, "conversations": 0}, "connection_rate", "Can't tell: few calls"),
        ({"people": 19, "called": 19}, "coverage", "Can't tell: few people"),
        ({"people": 0, "called": 0}, "meetings_booked", "Can't tell: few people"),
    ],
)
def test_few_are_said_to_be_few(workspace, fields, metric, sentence):
    metrics = compare_metrics([side("Spring", workspace, **fields), side("Autumn", workspace)])

    assert words(metrics, metric) == sentence


def test_a_difference_that_a_pair_would_show_may_be_chance_among_many(workspace):
    close = [side(f"C{n}", workspace, calls=100, conversations=n) for n in (30, 17)]
    assert words(compare_metrics(close), "connection_rate").startswith("C30 is higher than C17")

    many = [*close, *(side(f"C{n}", workspace, calls=100, conversations=n) for n in (22, 23, 24))]
    assert words(compare_metrics(many), "connection_rate") == "No difference beyond chance"


def test_each_pair_has_its_words_and_the_metric_names_two(workspace):
    sides = [side(name, workspace, conversations=count) for name, count in (("A", 10), ("B", 60), ("C", 120))]

    (metric,) = [each for each in compare_metrics(sides) if each.name == "connection_rate"]

    assert [pair.verdict for pair in metric.pairs] == [Verdict.DIFFERENT] * 3
    assert metric.words.count("is higher than") == 2
    assert metric.words.endswith("1 more below")


def test_few_calls_in_one_do_not_hide_that_the_others_are_alike(workspace):
    sides = [side("A", workspace), side("B", workspace), side("C", workspace, calls=3, conversations=3)]

    assert words(compare_metrics(sides), "connection_rate") == (
        "No difference beyond chance, where there is enough to tell"
    )
