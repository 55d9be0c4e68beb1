"""Runs tests against mutants: the code with one tenant filter or role check switched off.

`uv run python -m tests.drills.mutants [--sample N] [TEST...]` prints the survivors. Each mutant takes as long as the
tests that execute the changed line, until the first fails. Runs on SQLite in memory, which a fork copies.
"""
