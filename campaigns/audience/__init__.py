"""Audiences: saved, readable rules over a workspace's people (product.md, section 10).

    rule = Rule.parse(data, workspace)   # RuleInvalid lists what is wrong in sentences
    rule.people(workspace)               # one query; also as of a past day
    rule.count(workspace)                # quicker than people(...).count()
    rule.sentences(workspace)            # what it asks for, as the screen shows it
    rule.reasons(workspace, ids)         # why each of these people fits

`rule.py` reads and combines conditions. A kind of condition is one class (`condition.py`), registered by the app that
owns its rows: those in `kinds/` here, in `calls/audience.py` and in `signals/audience.py`.
docs/how-to/add-an-audience-condition.md adds one.
"""

from campaigns.audience.parameters import RuleInvalid
from campaigns.audience.rule import Rule, count_people, ids_of_people
from campaigns.audience.sentences import Sentence

__all__ = ["Rule", "RuleInvalid", "Sentence", "count_people", "ids_of_people"]
