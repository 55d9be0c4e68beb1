"""Rules of the stateful test about sources: files that say whom not to call, lists, and rules of prefixes and domains.

Nothing in a file lifts a suppression, and whoever a rule covers is not called unless a person freed them from it.
"""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from hypothesis.stateful import initialize, invariant, precondition, rule
from hypothesis.strategies import booleans, data, lists, sampled_from

from campaigns.importing import ContactList
from markets.imports import jobs
from markets.imports.fields import CONTACT_FIELDS, SUPPRESSION_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.imports.suppressions import SuppressionList
from markets.models import Contact, ImportKind, ImportPreset, Suppression
from markets.suppressions.services import add
from tests.importing import new_job, run_import
from tests.signals.portal_model import EMAILS, PortalModel

RULES = [{"phone_prefix": "+12125550100"}, {"phone_prefix": "+1212555010"}, {"email_domain": "people.example"}]
LISTED = [["Phone", "(212) 555-010X"], ["Phone", "+12125550101*"], ["Email", "@people.example"], ["Email", EMAILS[0]]]
EXPORTED = {
    "Whom": "contact__full_name",
    "Number": "phone_e164",
    "Email": "email",
    "Number prefix": "phone_prefix",
    "Email domain": "email_domain",
    "External ID": "contact__external_id",
    "Person's number": "contact__phone_e164",
    "Person's email": "contact__email",
    "Reason": "reason",
    "Since": "created_at",
    "Lifted": "lifted_at",
    "Why lifted": "lift_reason",
}


def is_covered(contact, suppression):
    by_domain = suppression.email_domain and contact.email.endswith("@" + suppression.email_domain)
    by_prefix = suppression.phone_prefix and contact.phone_e164.startswith(suppression.phone_prefix)
    return bool(by_domain or by_prefix)


class PortalSources(PortalModel):
    """`freed_from` holds the pairs of a rule and a contact whom a person freed from it."""

    @initialize()
    def two_sources(self):
        self.sources: list[ImportPreset | None] = [None]
        self.freed_from: set[tuple[int, int]] = set()
        self.leads: list[list[str]] = []
        self.exports: list[list[list[str]]] = []

    def run_import(self, rows, kind, writer, source=None, **options):
        job = new_job(self.workspace, kind, **options)
        job.preset = source
        job.save()
        with self.no_file_lifts():
            run_import(job, rows, writer(job))
        jobs.complete(job=job)
        self.jobs.append(job)
        self.update_emails()
        self.update_suppressed()
        return job

    @contextmanager
    def no_file_lifts(self):
        here = Suppression.objects.filter(workspace=self.workspace)
        before = dict(here.values_list("pk", "lifted_at"))
        yield
        after = dict(here.values_list("pk", "lifted_at"))
        assert {pk: after.get(pk, "gone") for pk in before} == before

    @rule(
        data=data(),
        emails=lists(sampled_from(EMAILS), min_size=1, max_size=3, unique=True),
        again=booleans(),
        is_other_source=booleans(),
    )
    def import_leads(self, data, emails, again, is_other_source):
        """A file of people with a do-not-call column, sometimes an earlier one again."""
        rows = [[email, "", data.draw(sampled_from(["Yes", "No", ""]))] for email in emails]
        self.leads = self.leads if again and self.leads else rows
        source, _ = ImportPreset.objects.get_or_create(
            workspace=self.workspace, kind=ImportKind.PEOPLE, header_key=str(is_other_source), name="CRM"
        )
        job = self.run_import(
            list(enumerate(self.leads, start=2)),
            ImportKind.PEOPLE,
            lambda job: ContactList(
                job=job, columns=ColumnMapping(["Email", "Phone", "Do not call"], CONTACT_FIELDS), market=self.market
            ),
            source=source,
            market=self.market.pk,
        )
        refused = set(job.rejections.values_list("line", flat=True))
        for line, (email, _, says) in enumerate(self.leads, start=2):
            if says == "Yes" and line not in refused:
                self.check_obeyed(self.workspace.contacts.filter(email=email).first(), source)

    def check_obeyed(self, contact, source):
        """The contact is not called, unless a person lifted what the same source had said before."""
        if contact and Contact.objects.callable().filter(pk=contact.pk).exists():
            assert contact.suppressions.filter(import_job__preset=source, lifted_at__isnull=False).exists()

    @rule(listed=sampled_from(LISTED))
    def import_list_of_rules(self, listed):
        header, cell = listed
        columns = ColumnMapping([header], SUPPRESSION_FIELDS)
        self.run_import([(2, [cell])], ImportKind.SUPPRESSIONS, lambda job: SuppressionList(job=job, columns=columns))

    @precondition(lambda self: Suppression.objects.in_force().rules().filter(workspace=self.workspace).count() < 2)
    @rule(keys=sampled_from(RULES))
    def add_rule(self, keys):
        try:
            add(Suppression(workspace=self.workspace, reason="Blocked", **keys))
        except ValidationError as refusal:
            assert "already" in str(refusal)  # noqa: PT017
        self.update_suppressed()

    @precondition(lambda self: Suppression.objects.filter(workspace=self.workspace).exists())
    @rule(data=data(), is_new=booleans())
    def import_own_export(self, data, is_new):
        """An export of the list comes back, sometimes long after it was made."""
        if is_new or not self.exports:
            rows = self.workspace.suppressions.filter(rule=None).order_by("pk").values_list(*EXPORTED.values())
            self.exports.append([["" if cell is None else str(cell) for cell in row] for row in rows])
        columns = ColumnMapping(list(EXPORTED), SUPPRESSION_FIELDS)
        rows = list(enumerate(data.draw(sampled_from(self.exports)), start=2))
        self.run_import(rows, ImportKind.SUPPRESSIONS, lambda job: SuppressionList(job=job, columns=columns))

    @invariant()
    def whoever_a_rule_covers_is_not_called_unless_freed(self):
        callable_contacts = list(Contact.objects.filter(workspace=self.workspace).callable())
        for each in Suppression.objects.in_force().rules().filter(workspace=self.workspace):
            for contact in callable_contacts:
                assert not is_covered(contact, each) or (each.pk, contact.pk) in self.freed_from
