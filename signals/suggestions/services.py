"""What the notes of a call suggest was heard on it. A person accepts or refuses each; nothing is captured by itself."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.timezone import now

from calls.log.services import lock
from calls.log.validation import CallRefused
from calls.models import Call
from markets.models import User, Workspace
from signals.capture.contradictions import questions
from signals.capture.services import Heard, capture
from signals.capture.vocabulary import VALUES, Confidence, SignalType
from signals.models import Signal, SignalSuggestion

State = SignalSuggestion.State
SENTENCE_ENDS = ".!?;\n"
IN_MIND_FOR = timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Suggested:
    """A signal that some words of a text speak for: where they start and end, and the rule that found them."""

    type: str
    value: str
    words: tuple[int, int]
    rule: str


class Extractor(Protocol):
    """What finds signals in notes. The setting SIGNAL_EXTRACTOR names a class of these by its dotted path."""

    def find(self, text: str) -> Iterable[Suggested]: ...

    def describe(self, rule: str) -> str:
        """What the rule listens for, in words; empty for one that it does not know (any more)."""
        ...


@dataclass(frozen=True)
class Proposal:
    """A suggestion that waits to be decided, with its sentence: what stands before the words, they, and the rest."""

    suggestion: SignalSuggestion
    before: str
    words: str
    after: str


def extractor() -> Extractor:
    """The one in use. Raises ImproperlyConfigured when there is none of that name."""
    return _made(settings.SIGNAL_EXTRACTOR)


@cache
def _made(path: str) -> Extractor:
    try:
        made: Extractor = import_string(path)()
    except (ImportError, TypeError) as error:
        raise ImproperlyConfigured(
            f"SIGNAL_EXTRACTOR is “{path}”, and no class of that name can be made: {error}. "
            "Name one by its dotted path, like signals.suggestions.phrase_matcher.PhraseTable."
        ) from error
    return made


def propose(call: Call) -> list[Proposal]:
    """What the notes suggest and nobody has decided, in their order; what is new among it is kept as proposed.

    Nothing where the call was no conversation or is void.
    """
    found = {each.rule: each for each in _found(call)}
    if not found:
        return []
    kept = {each.rule: each for each in call.suggestions.all()}
    if new := [each for rule, each in found.items() if rule not in kept]:
        SignalSuggestion.objects.bulk_create([_as_row(call, each) for each in new], ignore_conflicts=True)
        kept = {each.rule: each for each in call.suggestions.all()}
    return [_shown(call, kept[rule], each) for rule, each in found.items() if kept[rule].state == State.OPEN]


def latest(*, workspace: Workspace, by: User) -> list[Proposal]:
    """What waits for somebody of the call that they recorded last, while they still have it in mind."""
    own = workspace.signal_suggestions.filter(
        call__caller=by,
        state=State.OPEN,
        suggested_at__gte=now() - IN_MIND_FOR,
        call__recorded_at__gte=now() - IN_MIND_FOR,
    )
    newest = own.select_related("call__contact").first()
    return propose(newest.call) if newest else []


@transaction.atomic
def accept(*, suggestion: SignalSuggestion, by: User) -> Signal:
    """Captures what is suggested, as implied by its words. Raises CallRefused when it cannot be, or was decided."""
    suggestion = _locked(suggestion)
    found = next((each for each in _found(suggestion.call) if each.rule == suggestion.rule), None)
    if found is None or (found.type, found.value) != (suggestion.type, suggestion.value):
        raise CallRefused(
            "not_suggested", f"The call does not suggest {suggestion.label} any more: it was changed meanwhile."
        )
    words = _words(suggestion.call, found)
    heard = Heard(type=found.type, value=found.value, evidence=words, confidence=Confidence.MEDIUM)
    (signal,) = capture(call=suggestion.call, heard=[heard], by=by)
    _decide(suggestion, State.ACCEPTED, by=by, words=words)
    return signal


@transaction.atomic
def refuse(*, suggestion: SignalSuggestion, by: User) -> None:
    """Keeps that it was not so. Raises CallRefused when it was decided already."""
    suggestion = _locked(suggestion)
    _decide(suggestion, State.REFUSED, by=by, words=suggestion.words)


def _found(call: Call) -> list[Suggested]:
    """What may be proposed of a call: of a type of which nothing was captured on it, and contradicting nothing."""
    if not (call.notes and call.is_conversation and call.stands):
        return []
    captured = [Heard(type=each.type, value=each.value) for each in call.signals.all()]
    asked_before = set(questions(call.disposition, captured))
    return [
        each
        for each in _agreed(_heard_in(call))
        if each.type not in {one.type for one in captured}
        and asked_before.issuperset(questions(call.disposition, [*captured, Heard(type=each.type, value=each.value)]))
    ]


def _heard_in(call: Call) -> list[Suggested]:
    """A call is kept and shown whatever an extractor does: one that fails proposes nothing, and is logged."""
    try:
        return [each for each in extractor().find(call.notes) if _is_sound(each, call.notes)]
    except ImproperlyConfigured:
        raise
    except Exception:
        logger.exception("The extractor %s failed on the notes of call %s.", settings.SIGNAL_EXTRACTOR, call.pk)
        return []


def _is_sound(suggested: Suggested, text: str) -> bool:
    start, end = suggested.words
    is_known = suggested.value in VALUES.get(suggested.type, [])
    return is_known and 0 <= start < end <= len(text) and 0 < len(suggested.rule) <= SignalSuggestion.LONGEST_RULE


def _agreed(found: list[Suggested]) -> Iterator[Suggested]:
    """The first of each value. Words that speak for two values of one type say nothing sure, except that somebody
    can have several reasons to move."""
    values: dict[str, list[str]] = {}
    for each in found:
        is_first = each.value not in values.setdefault(each.type, [])
        if is_first:
            values[each.type].append(each.value)
    seen = set()
    for each in found:
        is_sure = each.type == SignalType.MOTIVATION_DRIVER or len(values[each.type]) == 1
        if is_sure and (each.type, each.value) not in seen:
            seen.add((each.type, each.value))
            yield each


def _as_row(call: Call, found: Suggested) -> SignalSuggestion:
    return SignalSuggestion(
        workspace_id=call.workspace_id,
        call=call,
        type=found.type,
        value=found.value,
        words=_words(call, found),
        rule=found.rule,
    )


def _words(call: Call, found: Suggested) -> str:
    return call.notes[slice(*found.words)]


def _shown(call: Call, suggestion: SignalSuggestion, found: Suggested) -> Proposal:
    text, (start, end) = call.notes, found.words
    first = max(text.rfind(sign, 0, start) for sign in SENTENCE_ENDS) + 1
    ends = [at for sign in SENTENCE_ENDS if (at := text.find(sign, end)) >= 0]
    return Proposal(
        suggestion, text[first:start].lstrip(), text[start:end], text[end : min(ends, default=len(text)) + 1].rstrip()
    )


def _locked(suggestion: SignalSuggestion) -> SignalSuggestion:
    """As it is stored, with its call, while the campaign is held: as always first, and then the row itself."""
    lock(suggestion.call.campaign)
    rows = SignalSuggestion.objects.select_for_update(of=("self",)).select_related("call__campaign", "decided_by")
    found = rows.get(pk=suggestion.pk)
    if found.state != State.OPEN:
        who = f" by {found.decided_by}" if found.decided_by else ""
        raise CallRefused("decided", f"{found.label} was {found.get_state_display().lower()} already{who}.")
    return found


def _decide(suggestion: SignalSuggestion, state: str, *, by: User, words: str) -> None:
    suggestion.state, suggestion.decided_by, suggestion.decided_at, suggestion.words = state, by, now(), words
    suggestion.save(update_fields=["state", "decided_by", "decided_at", "words"])
