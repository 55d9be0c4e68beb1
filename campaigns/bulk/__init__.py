"""Selecting people on lists, doing something to all of them at once, and undoing it.

`selection` keeps what a user selected: ticks, and filters rather than the ids they find. `records` stores each bulk
action with the people it changed; `members`, `tagging` and `protection` are the actions; `undo` takes one back, for
those whom nobody has changed since.
"""
