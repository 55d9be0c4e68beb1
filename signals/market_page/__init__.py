"""What the page of a market shows: figures, current signals, movement, coverage and the next contacts to call.

The dashboard and the review use the same functions for a whole workspace. `page.market_intelligence` puts the page
together.
"""
