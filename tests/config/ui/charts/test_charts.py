"""Numbers become marks: each says what it is, keeps within its chart, and stands in the table, too."""

import pytest
from django.template.loader import render_to_string

from config.ui.charts import (
    Bar,
    Cell,
    ChartTable,
    LinkedNumber,
    Segment,
    Series,
    Unit,
    bar_chart,
    funnel,
    heat_map,
    line_chart,
    sparkline,
    stacked_bar,
)
from config.ui.charts.scale import FLOOR, TOP, Scale

NUMBERS = ChartTable(("Week from", "Calls"), (("12 Jan", "7"),))


def drawn(chart):
    return render_to_string("components/charts/chart.html", {"chart": chart})


@pytest.mark.parametrize(
    ("highest", "unit", "labels"),
    [
        (0, Unit.COUNT, ["0", "1"]),
        (1, Unit.COUNT, ["0", "1"]),
        (3, Unit.COUNT, ["0", "1", "2", "3"]),
        (43, Unit.COUNT, ["0", "20", "40", "60"]),
        (182, Unit.COUNT, ["0", "50", "100", "150", "200"]),
        (1500, Unit.COUNT, ["0", "500", "1,000", "1,500"]),
        (0.0, Unit.SHARE, ["0 %", "50 %", "100 %"]),
        (0.31, Unit.SHARE, ["0 %", "10 %", "20 %", "30 %", "40 %"]),
        (0.011, Unit.SHARE, ["0 %", "0.5 %", "1 %", "1.5 %"]),
        (1.0, Unit.SHARE, ["0 %", "50 %", "100 %"]),
    ],
)
def test_ticks_are_round_and_reach_the_highest_value(highest, unit, labels):
    scale = Scale.up_to(highest, unit)

    assert [tick.words for tick in scale.ticks()] == labels
    assert scale.top >= highest
    assert (scale.ticks()[0].y, scale.ticks()[-1].y) == (FLOOR, TOP)


def test_bars_are_as_high_as_their_values_and_the_running_one_is_hatched():
    shown = [Bar("Twenty", [(20, "s2"), (5, "s5")], "12 Jan"), Bar("Ten so far", [(10, "s2"), (0, "s5")], "", True)]

    chart = bar_chart("Calls", shown, NUMBERS)

    assert [mark.height for mark in chart.marks] == [140, 35, 70, 0]
    assert [mark.is_hatched for mark in chart.marks] == [False, False, True, False]
    assert all(mark.y + mark.height == FLOOR for mark in chart.marks)
    assert all(mark.x + mark.width <= 100 for mark in chart.marks)


def test_few_bars_say_their_values_and_many_leave_out_labels_that_would_collide():
    few = bar_chart("Rate", [Bar("One", [(0.312, "s5")], "1"), Bar("Two", [(0, "s5")], "2")], NUMBERS, unit=Unit.SHARE)
    many = bar_chart("Calls", [Bar("Week", [(n, "s5")], f"label {n}") for n in range(13)], NUMBERS)

    assert [text.words for text in few.texts if text.is_value] == ["31.2 %"]
    assert [text.words for text in few.texts if not text.is_value] == ["1", "2"]
    assert not [text for text in many.texts if text.is_value]
    assert [text.words for text in many.texts] == ["label 0", "label 3", "label 6", "label 9", "label 12"]


def test_bars_of_nothing_are_flat():
    assert [mark.height for mark in bar_chart("Calls", [Bar("None", [(0, "s2")])], NUMBERS).marks] == [0]
    assert bar_chart("Calls", [], NUMBERS).marks == ()


def test_lines_say_their_last_values_apart_from_each_other():
    series = [
        Series("A", "c1", [(0, 0.0, "start"), (10, 0.5, "end")]),
        Series("B", "c2", [(0, 0.0, "start"), (10, 0.51, "end")]),
        Series("C", "c3", [(0, 0.1, "only")]),
    ]

    chart = line_chart("Coverage", series, NUMBERS, labels=[(0, "Day 0"), (10, "Day 10")], unit=Unit.SHARE)

    values = [text for text in chart.texts if text.is_value]
    assert [text.words for text in values] == ["51.0 %", "50.0 %", "10.0 %"]
    assert values[1].y - values[0].y >= 13
    assert [curve.points[-1].x for curve in chart.curves] == [88, 88, 0]
    assert "<title>A: end</title>" in drawn(chart)


def test_a_heat_map_has_a_cell_for_each_column_and_is_no_wider_than_they_need():
    cells = [Cell("Mon 9: 1 of 2", "s5"), Cell("Mon 10: no calls", "none")]

    chart = heat_map("Times", ["09", "10"], [("Mon", cells)], NUMBERS)

    assert [(mark.x, mark.width) for mark in chart.marks] == [(0, 46), (50, 46)]
    assert 'width="108"' in drawn(chart)
    hours = [f"{hour:02}" for hour in range(24)]
    assert len(heat_map("Times", hours, [("Mon", [])], NUMBERS).texts) == 12


def test_the_parts_of_a_stack_fill_it_and_what_is_nothing_is_left_out():
    bar = stacked_bar("Said", [Segment("Yes", 1, "s5"), Segment("Perhaps", 0, "s2"), Segment("No", 3, "s1")])

    assert [(mark.x, mark.width) for mark in bar.marks] == [(0, 25), (25, 75)]
    assert bar.total == 4
    assert stacked_bar("Said", [Segment("Yes", 0, "s5")]).marks == ()


def test_the_dots_of_a_spark_go_from_side_to_side():
    line = sparkline("Calls", [("5 Jan", 0), ("12 Jan", 4), ("19 Jan", 2)])

    assert line.points == "2.0,22.0 50.0,2.0 98.0,12.0"
    assert sparkline("Calls", []).points == ""
    assert "12 Jan: 4" in render_to_string("components/charts/spark.html", {"spark": line})


def test_every_mark_has_its_words_and_nothing_that_the_content_policy_forbids():
    body = drawn(heat_map("Times", ["09"], [("Mon", [Cell("Mon 9 <b>: 1 of 2", "s5")])], NUMBERS))

    assert "<title>Times</title>" in body
    assert "<title>Mon 9 &lt;b&gt;: 1 of 2</title>" in body
    assert '<th scope="row">12 Jan</th><td class="figure">7</td>' in body
    assert "style=" not in body
    assert "<script" not in body


def test_text_is_not_scaled_with_the_chart():
    body = drawn(bar_chart("Calls", [Bar("Twenty", [(20, "s2")], "12 Jan")], NUMBERS))

    assert "viewBox" not in body.partition("</svg>")[0]
    assert 'x="5.0%"' in body


def test_a_funnel_measures_each_step_by_the_first_and_by_the_one_before():
    steps = funnel(
        [(name, LinkedNumber(name, value, str(value), "/")) for name, value in zip("abcd", (8, 4, 0, 2), strict=True)]
    )

    assert [(step.width, step.share) for step in steps] == [(100, ""), (50, "50.0 %"), (0, "0.0 %"), (25, "")]
    assert funnel([("a", LinkedNumber("a", 0, "0", "/"))]) == ()
    assert funnel([]) == ()
