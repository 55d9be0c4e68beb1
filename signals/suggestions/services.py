"""Suggests signals from the notes of a call. A user accepts or refuses each; nothing is captured by itself."""

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
from django.utils.translation import gettext as _

from calls.derived.locks import lock_campaign
from calls.log.validation import CallRefused
from calls.models import Call
from markets.models import Contact, User, Workspace
from signals.capture.contradictions import contradiction_questions
from signals.capture.services import NewSignal, capture
from signals.capture.vocabulary import VALUES, Confidence, SignalType
from signals.models import Signal, SignalSuggestion

State = SignalSuggestion.State
SENTENCE_ENDS = ".!?;\n"
SHOWN_FOR = timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExtractedSignal:
    """A signal found in a text: `span` is where the words start and end, `rule` names the rule that matched them."""

    type: str
    value: str
    span: tuple[int, int]
    rule: str


class Extractor(Protocol):
    """Finds signals in notes. The setting SIGNAL_EXTRACTOR names an implementation by its dotted path."""

    def extract(self, text: str) -> Iterable[ExtractedSignal]: ...

    def describe(self, rule: str) -> str:
        """The rule in words, for users; empty for an unknown rule, as suggestions outlive the rules that made them."""
        ...


@dataclass(frozen=True)
class OpenSuggestion:
    """An undecided suggestion with its sentence, split into the text before the words, the words and the rest."""

    suggestion: SignalSuggestion
    before: str
    words: str
    after: str


def get_extractor() -> Extractor:
    """Raises ImproperlyConfigured if the class that SIGNAL_EXTRACTOR names cannot be imported or instantiated."""
    return _load_extractor(settings.SIGNAL_EXTRACTOR)


@cache
def _load_extractor(path: str) -> Extractor:
    try:
        extractor: Extractor = import_string(path)()
    except (ImportError, TypeError) as error:
        raise ImproperlyConfigured(
            f"SIGNAL_EXTRACTOR is “{path}”, and no class of that name can be made: {error}. "
            "Name one by its dotted path, like signals.suggestions.phrase_matcher.PhraseExtractor."
        ) from error
    return extractor


def suggest(call: Call) -> list[OpenSuggestion]:
    """Stores the suggestions that are new and returns all undecided ones in the order of the notes.

    Returns nothing for a voided call or one that was no conversation.
    """
    extracted = {each.rule: each for each in _capturable(call)}
    if not extracted:
        return []
    stored = {each.rule: each for each in call.suggestions.all()}
    if new := [each for rule, each in extracted.items() if rule not in stored]:
        SignalSuggestion.objects.bulk_create([_suggestion(call, each) for each in new], ignore_conflicts=True)
        stored = {each.rule: each for each in call.suggestions.all()}
    return [
        _with_sentence(call, stored[rule], each) for rule, each in extracted.items() if stored[rule].state == State.OPEN
    ]


def suggestions_of_latest_call(
    *, workspace: Workspace, by: User, contact: Contact | None = None
) -> list[OpenSuggestion]:
    """Undecided suggestions of the user's latest call (to the contact), while it is recent enough to remember."""
    own = workspace.signal_suggestions.filter(
        call__caller=by,
        state=State.OPEN,
        suggested_at__gte=now() - SHOWN_FOR,
        call__recorded_at__gte=now() - SHOWN_FOR,
        **({"call__contact": contact} if contact else {}),
    )
    newest = own.select_related("call__contact").first()
    return suggest(newest.call) if newest else []


@transaction.atomic
def accept(*, suggestion: SignalSuggestion, by: User) -> Signal:
    """Captures the suggested signal with medium confidence, as its words only imply it.

    Raises CallRefused if it was decided before, or the call no longer suggests it.
    """
    suggestion = _lock_undecided(suggestion)
    extracted = next((each for each in _capturable(suggestion.call) if each.rule == suggestion.rule), None)
    if extracted is None or (extracted.type, extracted.value) != (suggestion.type, suggestion.value):
        raise CallRefused(
            "not_suggested",
            _("The call does not suggest %(signal)s any more: it was changed meanwhile.")
            % {"signal": suggestion.label},
        )
    words = _words(suggestion.call, extracted)
    new = NewSignal(type=extracted.type, value=extracted.value, evidence=words, confidence=Confidence.MEDIUM)
    (signal,) = capture(call=suggestion.call, signals=[new], by=by)
    _decide(suggestion, State.ACCEPTED, by=by, words=words)
    return signal


@transaction.atomic
def refuse(*, suggestion: SignalSuggestion, by: User) -> None:
    """Marks the suggestion as refused. Raises CallRefused if it was decided before."""
    suggestion = _lock_undecided(suggestion)
    _decide(suggestion, State.REFUSED, by=by, words=suggestion.words)


def _capturable(call: Call) -> list[ExtractedSignal]:
    """Extracted signals of types not yet captured on the call that add no contradiction to it."""
    if not (call.notes and call.is_conversation and call.is_not_voided):
        return []
    captured = [NewSignal(type=each.type, value=each.value) for each in call.signals.all()]
    captured_types = {each.type for each in captured}
    existing = set(contradiction_questions(call.disposition, captured))

    def adds_contradiction(each: ExtractedSignal) -> bool:
        signals = [*captured, NewSignal(type=each.type, value=each.value)]
        return not existing.issuperset(contradiction_questions(call.disposition, signals))

    return [
        each
        for each in _unambiguous(_extract(call))
        if each.type not in captured_types and not adds_contradiction(each)
    ]


def _extract(call: Call) -> list[ExtractedSignal]:
    """Logs a failing extractor instead of raising: recording and showing a call must not depend on one."""
    try:
        return [each for each in get_extractor().extract(call.notes) if _is_valid(each, call.notes)]
    except ImproperlyConfigured:
        raise
    except Exception:
        logger.exception("The extractor %s failed on the notes of call %s.", settings.SIGNAL_EXTRACTOR, call.pk)
        return []


def _is_valid(extracted: ExtractedSignal, text: str) -> bool:
    start, end = extracted.span
    is_known = extracted.value in VALUES.get(extracted.type, [])
    return is_known and 0 <= start < end <= len(text) and 0 < len(extracted.rule) <= SignalSuggestion.LONGEST_RULE


def _unambiguous(extracted: list[ExtractedSignal]) -> Iterator[ExtractedSignal]:
    """The first match of each value, skipping types with several values: the notes are unclear then.

    Motivation drivers are exempt, as a contact can have several reasons to move.
    """
    values: dict[str, set[str]] = {}
    for each in extracted:
        values.setdefault(each.type, set()).add(each.value)
    seen = set()
    for each in extracted:
        is_clear = each.type == SignalType.MOTIVATION_DRIVER or len(values[each.type]) == 1
        if is_clear and (each.type, each.value) not in seen:
            seen.add((each.type, each.value))
            yield each


def _suggestion(call: Call, extracted: ExtractedSignal) -> SignalSuggestion:
    return SignalSuggestion(
        workspace_id=call.workspace_id,
        call=call,
        type=extracted.type,
        value=extracted.value,
        words=_words(call, extracted),
        rule=extracted.rule,
    )


def _words(call: Call, extracted: ExtractedSignal) -> str:
    return call.notes[slice(*extracted.span)]


def _with_sentence(call: Call, suggestion: SignalSuggestion, extracted: ExtractedSignal) -> OpenSuggestion:
    text, (start, end) = call.notes, extracted.span
    sentence_start = max(text.rfind(sign, 0, start) for sign in SENTENCE_ENDS) + 1
    ends = [position for sign in SENTENCE_ENDS if (position := text.find(sign, end)) >= 0]
    sentence_end = min(ends, default=len(text)) + 1
    return OpenSuggestion(
        suggestion, text[sentence_start:start].lstrip(), text[start:end], text[end:sentence_end].rstrip()
    )


def _lock_undecided(suggestion: SignalSuggestion) -> SignalSuggestion:
    """Locks the campaign before the row, the order that every writer follows, and reloads the suggestion."""
    lock_campaign(suggestion.call.campaign)
    rows = SignalSuggestion.objects.select_for_update(of=("self",)).select_related("call__campaign", "decided_by")
    locked = rows.get(workspace=suggestion.workspace_id, pk=suggestion.pk)
    if locked.state != State.OPEN:
        raise CallRefused("decided", _decided(locked))
    return locked


def _decide(suggestion: SignalSuggestion, state: str, *, by: User, words: str) -> None:
    suggestion.state, suggestion.decided_by, suggestion.decided_at, suggestion.words = state, by, now(), words
    suggestion.save(update_fields=["state", "decided_by", "decided_at", "words"])


def _decided(suggestion: SignalSuggestion) -> str:
    values = {"signal": suggestion.label, "user": suggestion.decided_by}
    if suggestion.state == State.ACCEPTED:
        text = (
            _("%(signal)s was accepted already by %(user)s.")
            if values["user"]
            else _("%(signal)s was accepted already.")
        )
    else:
        text = (
            _("%(signal)s was refused already by %(user)s.") if values["user"] else _("%(signal)s was refused already.")
        )
    return text % values
