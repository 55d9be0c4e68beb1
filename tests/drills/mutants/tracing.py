"""Which lines of our code each test executes."""

import sys
from collections import defaultdict

from django.test.signals import template_rendered


def tests_that_run(mutant, lines_of):
    return [item for item, executed in lines_of.items() if executed & mutant.lines]


def in_turn(tests, seconds_of):
    """The fastest of each test function, then their second fastest, and so on."""
    by_function = defaultdict(list)
    for test in sorted(tests, key=seconds_of.get):
        by_function[test.function].append(test)
    places = {test: place for same in by_function.values() for place, test in enumerate(same)}
    return sorted(tests, key=lambda test: (places[test], seconds_of[test]))


def traced(run):
    """The reports of a test that is run, and the lines of our code that it executes."""
    from tests.drills.mutants.applying import forget_compiled
    from tests.source_code import ROOT

    forget_compiled()
    root, lines, monitoring = f"{ROOT}/", set(), sys.monitoring
    tool = monitoring.COVERAGE_ID

    def on_line(code, line):
        if code.co_filename.startswith(root):
            lines.add((code.co_filename.removeprefix(root), line))
        return monitoring.DISABLE

    def on_start(code, offset):
        # A lambda, which has one line, starts without an event of its line.
        return on_line(code, code.co_firstlineno)

    def on_template(template, **kwargs):
        lines.add((str(getattr(template, "origin", "")).removeprefix(root), 0))

    template_rendered.connect(on_template)
    monitoring.use_tool_id(tool, "mutants")
    try:
        monitoring.register_callback(tool, monitoring.events.LINE, on_line)
        monitoring.register_callback(tool, monitoring.events.PY_START, on_start)
        monitoring.set_events(tool, monitoring.events.LINE | monitoring.events.PY_START)
        monitoring.restart_events()
        reports = run()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
        template_rendered.disconnect(on_template)
    return reports, lines
