"""Any sequence of edits and imports obeys the rules of product.md, section 8, as a plain model of them computes."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.ingest.undo import undo
from markets.contacts.changes import record_change, stored_values
from markets.imports.counts import rolled_back
from markets.models import Contact, ImportJob, ImportPreset
from tests.factories import ContactFactory
from tests.markets.imports.contacts.contact_rows import import_rows

FIELDS = ("firm", "city")
values = st.sampled_from(["A", "B", ""])
row = st.fixed_dictionaries(dict.fromkeys(FIELDS, values))
imported = st.tuples(st.sampled_from(["crm", "dialer"]), row)
step = st.one_of(
    imported,
    imported,
    st.tuples(st.just("person"), st.sampled_from(FIELDS), values),
    st.tuples(st.just("undo"), st.integers(0, 5)),
)


@dataclass
class Import:
    source: str
    said: dict[str, str]
    changed: set[str] = field(default_factory=set)
    is_undone: bool = False


@dataclass
class Model:
    """The rules, for one contact. A field's history holds each value with the import that gave it, or None."""

    history: dict[str, list[tuple[str, Import | None]]] = field(
        default_factory=lambda: {name: [("", None)] for name in FIELDS}
    )
    given_by_person: set[str] = field(default_factory=set)
    imports: list[Import] = field(default_factory=list)

    def value(self, name: str) -> str:
        return self.history[name][-1][0]

    def edit(self, name: str, value: str) -> None:
        if value != self.value(name):
            self.history[name].append((value, None))
            self.given_by_person.add(name)

    def last_word(self, source: str, name: str) -> str | None:
        words = [each.said[name] for each in self.imports if each.source == source and not each.is_undone]
        return next((word for word in reversed(words) if word), None)

    def import_row(self, source: str, said: dict[str, str]) -> int:
        """Returns how many values disagree with a person."""
        job, disagreements = Import(source, said), 0
        for name, value in said.items():
            if not value or value == self.value(name):
                continue
            if name in self.given_by_person:
                disagreements += 1
            elif value != self.last_word(source, name):
                self.history[name].append((value, job))
                job.changed.add(name)
        self.imports.append(job)
        return disagreements

    def undo(self, job: Import) -> None:
        """Gives back the value before, unless somebody changed it since."""
        job.is_undone = True
        for name in job.changed:
            while len(self.history[name]) > 1 and (by := self.history[name][-1][1]) and by.is_undone:
                self.history[name].pop()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=4, max_size=10))
def test_edits_imports_and_undos_end_as_the_rules_say(market, manager, steps):
    with rolled_back():
        workspace, model, jobs = market.workspace, Model(), []
        contact = ContactFactory(workspace=workspace, external_id="x")
        sources = {
            key: ImportPreset.objects.create(workspace=workspace, kind="people", header_key=key, name=key)
            for key in ("crm", "dialer")
        }
        for kind, *what in steps:
            if kind == "person":
                edit(contact, manager, *what)
                model.edit(*what)
            elif kind == "undo":
                standing = [place for place, each in enumerate(model.imports) if not each.is_undone]
                if standing:
                    place = standing[what[0] % len(standing)]
                    undo(job=ImportJob.objects.get(pk=jobs[place]), by=manager)
                    model.undo(model.imports[place])
            else:
                job, disagreements = import_row(market, contact, sources[kind], *what)
                jobs.append(job)
                assert disagreements == model.import_row(kind, *what)
            contact.refresh_from_db()
            assert {name: getattr(contact, name) for name in FIELDS} == {name: model.value(name) for name in FIELDS}


def edit(contact: Contact, by, name, value):
    before = stored_values(contact)
    setattr(contact, name, value)
    contact.save()
    record_change(contact, before, by=by)


def import_row(market, contact, source, said):
    counts = import_rows(market, {"external_id": contact.external_id, **said}, source=source)
    job = market.workspace.imports.first()
    ImportJob.objects.filter(pk=job.pk).update(state="completed", finished_at=job.started_at)
    return job.pk, counts.disagreements
