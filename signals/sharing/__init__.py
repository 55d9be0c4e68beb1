"""Links by which somebody without an account reads a report or a market's page.

`links` makes, revokes and finds them, `market_document` makes what a market's link shows, and `redaction` takes what a
link may not show out of a document. What is shown never holds an address inside a workspace.
"""
