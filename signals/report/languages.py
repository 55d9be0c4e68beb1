"""A report's texts for readers of another language than English, in which they are stored.

Labels, such as those of outcomes, are translated where a template shows them. Here the texts that were put together are
composed anew: they say nothing but the numbers of the document, which are frozen.
"""

from typing import cast

from django.utils.translation import get_language

from signals.report.sections.metrics import PER, SHARES, note_of_rate, note_of_share
from signals.report.sections.sentences import next_steps, summary
from signals.report.shape import Document, Measure, Metric


def in_language(document: Document) -> Document:
    """The document for the reader. In English it is as stored, word for word."""
    if get_language() in (None, "en"):
        return document
    rows = [_metric(row) for row in document["metrics"]["rows"]]
    translated = cast(Document, {**document, "metrics": {**document["metrics"], "rows": rows}})
    translated["next"] = next_steps(translated)
    translated["summary"] = summary(translated)
    return translated


def _metric(row: Metric) -> Metric:
    others = _measure(row["name"], row["others"]) if row["others"] else None
    return cast(Metric, {**row, "own": _measure(row["name"], row["own"]), "others": others})


def _measure(name: str, measure: Measure) -> Measure:
    note = measure["note"]
    if name in SHARES and note:
        note = note_of_share(name, measure["numerator"] or 0, measure["denominator"] or 0)
    elif name in PER and note:
        note = note_of_rate(name, float(note.split()[0].replace(",", "")))
    return cast(Measure, {**measure, "note": note})
