"""Finds the phrases of signals.suggestions.phrases in the words of a call's notes.

In a phrase a blank is any white space, a hyphen may be a blank, and “…” stands for up to two more words. Of phrases
that overlap the longest speaks. One that is negated, doubted, asked or said of somebody else speaks for nothing: rather
no suggestion than a wrong one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from signals.capture.vocabulary import SignalType
from signals.suggestions.phrases import ASIDES, TABLE
from signals.suggestions.services import Suggested

OF_THE_PERSON = {
    SignalType.MOVEMENT_STATE,
    SignalType.TIMING_WINDOW,
    SignalType.CONVERSATION_ACCESS,
    SignalType.RELATIONSHIP_PERMISSION,
}
"""What only the person can say of themselves; a firm is judged, and a reason found, in others, too."""


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'’-])(?:{'|'.join(words.split('|'))})(?![\w'’])", re.IGNORECASE)


SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]*")
CLAUSE_ENDS = re.compile(
    r"[,:()\"“”–—]|\s-\s|\b(?:but|although|though|however|yet|and|so|because|since)\b", re.IGNORECASE
)
NEGATION = _any(
    r"not|no|never|nor|neither|without|cannot|hardly|nothing|nobody|rarely|far from|instead of|rather than|stopped"
    r"|denie[sd]|refuse[sd]|no longer|\w+n['’]t"
)
DOUBT = _any(
    r"may|might|maybe|perhaps|possibly|unclear|wonder(?:s|ed)?|used to|last year|previously|formerly|once|years ago"
    r"|rumou?red|supposedly"
)
PAST = _any(r"last year|no longer|years ago|at the time|back then")
CONDITION = _any(r"if|whether|unless|in case")
OTHERS = _any(
    r"(?:[\w]+ )?(?:colleagues?|friends?|wife|husband|spouse|brother|sister|cousin|classmates?|assistant|secretary"
    r"|receptionist|predecessor|boss|clients?|everyone|everybody|others|team|associates|partners|people|someone"
    r"|somebody)(?: else)?"
)
DENIED_AFTER = re.compile(r"\s+(?:is|was|are|were)(?:n['’]t|\s+(?:not|no|never|hardly)\b)", re.IGNORECASE)
REACH = 6
"""Words before a phrase in which a negation or a doubt is looked for, within its clause."""
MOVE = _any(
    r"mov(?:e|es|ed|ing)|leav(?:e|es|ing)|start(?:s|ing)?|switch(?:ing)?|chang(?:e|ing)|jump|go|out|join(?:ing)?"
)
CONTACT = _any(
    r"call(?:s|ed|ing)?|ring|rang|speak|talk|meet(?:ing)?s?|coffee|lunch|catch(?:ing)? up|follow[ -]ups?|e-?mails?"
    r"|emailed|send|check(?:ing)?|trial|deal|closing|holidays?|leave of absence|parental leave|maternity leave"
    r"|office|house|home"
)
"""A time speaks for when a move could happen only beside a word for it, and not beside one for another appointment."""


@dataclass(frozen=True)
class Rule:
    """A name, what its phrases speak for, and the phrases."""

    name: str
    type: str
    value: str
    phrases: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.phrases, key=len, reverse=True)
        return re.compile(rf"(?<![\w'’-])(?:{'|'.join(map(_as_pattern, longest_first))})(?![\w'’])", re.IGNORECASE)


def _as_pattern(phrase: str) -> str:
    words = re.escape(phrase).replace(r"\-", r"[-\s]").replace("'", "['’]")
    return words.replace(r"\ …\ ", r"\s+(?:[\w'’-]+\s+){0,2}?").replace(r"\ ", r"\s+")


RULES = tuple(
    Rule(name, type_, value, phrases) for (type_, value), rules in TABLE.items() for name, phrases in rules.items()
)
BY_NAME = {rule.name: rule for rule in RULES}
ASIDE = Rule("aside", "", "", ASIDES)


@dataclass(frozen=True)
class _Found:
    rule: Rule
    start: int
    end: int

    def covers(self, other: "_Found") -> bool:
        """Whether the other is part of what this one says: it overlaps and is shorter."""
        overlaps = self.start < other.end and other.start < self.end
        is_about_it = self.rule is ASIDE or self.rule.type == other.rule.type
        is_longer = (self.end - self.start, self.rule is ASIDE) > (other.end - other.start, other.rule is ASIDE)
        return overlaps and is_about_it and is_longer


class PhraseTable:
    """The extractor that the portal comes with (see signals.suggestions.services.Extractor)."""

    def find(self, text: str) -> Iterable[Suggested]:
        """Each rule once, where it first speaks, in the order of the text."""
        seen: set[str] = set()
        for sentence in SENTENCE.finditer(text):
            if sentence[0].rstrip().endswith("?"):
                continue
            for found in _speaking(sentence[0]):
                if found.rule.name not in seen:
                    seen.add(found.rule.name)
                    words = (sentence.start() + found.start, sentence.start() + found.end)
                    yield Suggested(found.rule.type, found.rule.value, words, found.rule.name)

    def describe(self, rule: str) -> str:
        return ", ".join(BY_NAME[rule].phrases) if rule in BY_NAME else ""


def _speaking(sentence: str) -> Iterator[_Found]:
    found = [_Found(rule, *each.span()) for rule in (*RULES, ASIDE) for each in rule.pattern.finditer(sentence)]
    for each in sorted(found, key=lambda one: (one.start, one.end)):
        is_said = each.rule is not ASIDE and not any(other.covers(each) for other in found)
        if is_said and _is_meant(sentence, each):
            yield each


def _is_meant(sentence: str, found: _Found) -> bool:
    before, after = sentence[: found.start], sentence[found.end :]
    clause = CLAUSE_ENDS.split(before)[-1]
    near = " ".join(clause.split()[-REACH:])
    if NEGATION.search(near) or DOUBT.search(near) or CONDITION.search(before) or DENIED_AFTER.match(after):
        return False
    if found.rule.type in OF_THE_PERSON and (OTHERS.search(near) or PAST.search(CLAUSE_ENDS.split(after)[0])):
        return False
    if found.rule.type == SignalType.TIMING_WINDOW and found.rule.value != "Unknown":
        return bool(MOVE.search(sentence)) and not CONTACT.search(sentence)
    return True
