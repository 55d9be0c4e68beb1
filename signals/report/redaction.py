"""A report for readers who may not see people."""

from copy import deepcopy

from signals.report.presentation import PERSON
from signals.report.shape import Document


def without_people(document: Document) -> Document:
    """A copy that names nobody and quotes nobody: counts stay, lists of people, the brief and reasons go."""
    copy = deepcopy(document)
    copy["people"] = {}
    copy["interest"]["rows"], copy["meetings"]["rows"], copy["coverage"]["rows"] = [], [], []
    copy["signals"]["moves"] = []
    copy["summary"]["sentences"] = [each for each in copy["summary"]["sentences"] if not PERSON.search(each)]
    copy["about"]["brief"] = ""
    for step in copy["about"]["history"]:
        step["reason"] = step["by"] = ""
    return copy
