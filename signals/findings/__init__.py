"""Findings: sentences on top of a market's page and of the overview that say what changed in the period, and what to do
(product.md, section 12).

`rules` has the rules, one pure function each. `facts` reads what they need, `page` chooses what is shown, `shape` says
what a finding is, and `follow_ups` who of those who moved is followed up.
"""
