"""What each metric means (`definitions`), its value on the rows of a list (`row_metrics`), and its label, links and
comparison on a page (`presentation`). The other modules break metrics down: by market, by caller, by outcome, by hour
and attempt, and callbacks by their state.
"""
