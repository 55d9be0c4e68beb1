"""Numbers become marks: each says what it is, keeps within its chart, and stands in the table, too."""

from django.template.loader import render_to_string

from config.ui.charts import Bar, Cell, ChartTable, Segment, bar_chart, heat_map, sparkline, stacked_bar

NUMBERS = ChartTable(("Week from", "Calls"), (("12 Jan", "7"),))


def test_bars_are_as_high_as_their_values_and_the_running_one_is_hatched():
    shown = [Bar("Twenty", [(20, "t2"), (5, "t4")], "12 Jan"), Bar("Ten so far", [(10, "t2"), (0, "t4")], "", True)]

    chart = bar_chart("Calls", shown, NUMBERS, top="20")

    assert [mark.height for mark in chart.marks] == [150, 37.5, 75, 0]
    assert [mark.is_hatched for mark in chart.marks] == [False, False, True, False]
    assert all(mark.y + mark.height == 168 for mark in chart.marks)
    assert all(mark.x + mark.width <= chart.width for mark in chart.marks)


def test_bars_of_nothing_are_flat():
    assert [mark.height for mark in bar_chart("Calls", [Bar("None", [(0, "t2")])], NUMBERS, top="1").marks] == [0]
    assert bar_chart("Calls", [], NUMBERS, top="1").marks == ()


def test_the_parts_of_a_stack_fill_it_and_what_is_nothing_is_left_out():
    bar = stacked_bar("Said", [Segment("Yes", 1, "t4"), Segment("Perhaps", 0, "t2"), Segment("No", 3, "t1")])

    assert [(mark.x, mark.width) for mark in bar.marks] == [(0, 25), (25, 75)]
    assert bar.total == 4
    assert stacked_bar("Said", [Segment("Yes", 0, "t4")]).marks == ()


def test_the_dots_of_a_spark_go_from_side_to_side():
    line = sparkline("Calls", [("5 Jan", 0), ("12 Jan", 4), ("19 Jan", 2)])

    assert line.points == "2.0,22.0 50.0,2.0 98.0,12.0"
    assert sparkline("Calls", []).points == ""
    assert "12 Jan: 4" in render_to_string("components/charts/spark.html", {"spark": line})


def test_every_mark_has_its_words_and_nothing_that_the_content_policy_forbids():
    chart = heat_map("Times", ["09"], [("Mon", [Cell("Mon 9 <b>: 1 of 2", "t4")])], NUMBERS)

    body = render_to_string("components/charts/chart.html", {"chart": chart})

    assert "<title>Times</title>" in body
    assert "<title>Mon 9 &lt;b&gt;: 1 of 2</title>" in body
    assert '<th scope="row">12 Jan</th><td class="figure">7</td>' in body
    assert "style=" not in body
    assert "<script" not in body
