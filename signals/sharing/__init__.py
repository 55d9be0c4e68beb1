"""Links by which somebody without an account reads a report or a market's page.

`links` makes, revokes and finds them, `market_document` and `report_document` make what they show. What is shown never
leads into a workspace.
"""
