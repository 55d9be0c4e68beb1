"""Audiences: saved, readable rules over a workspace's people (product.md, section 10).

    rule = Rule.parse(data, workspace)   # RuleInvalid lists what is wrong in sentences
    rule.people(workspace).count()       # one query; also as of a past day
    rule.sentences(workspace)            # what it asks for, as the screen shows it
    rule.reasons(workspace, ids)         # why each of these people fits

`rule.py` reads and combines conditions. A kind of condition is one class (`condition.py`), registered by the app that
owns its rows: `people.py`, `custom_fields.py`, `places.py`, `membership.py` and `protection.py` here,
`calls/audience.py` and `signals/audience.py` above.
"""

from campaigns.audience.parameters import RuleInvalid
from campaigns.audience.rule import Rule
from campaigns.audience.sentences import Sentence

__all__ = ["Rule", "RuleInvalid", "Sentence"]
