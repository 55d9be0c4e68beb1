from collections.abc import Callable
from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _

from calls.columns import metric_columns
from calls.metrics.presentation import Scope, overlap_note
from config.ui.lists.columns import CellColumn, CheckColumn, Column, ExportColumn, KeyColumn
from config.ui.lists.tables import NextStep, Table
from config.ui.periods import Period
from markets.forms.import_fields import field_label
from markets.imports.fields import SEPARATOR
from markets.models import Contact, ContactMerge, ImportJob, ImportNote, ImportPreset, Market, Suppression
from signals.contacts.columns import STANDING_COLUMNS, edit_column, standing_columns


class MarketTable(Table):
    nouns = (_("market"), _("markets"))
    empty = _("No markets yet. A market is a practice area in a place, such as M&A in New York.")
    next_steps = (NextStep(_("New market"), "markets:create", "can_manage"),)
    ask = _("Ask a manager to create the first one.")

    name = CellColumn("markets/cells/market.html", lead=True, verbose_name=_("Market"))
    landscape = Column(figure=True, verbose_name=_("Landscape"))
    contact_count, coverage, calls_made, connection_rate, meetings_booked, signals_captured = metric_columns().values()

    class Meta(Table.Meta):
        model = Market
        fields = ("name", "landscape", *metric_columns())
        row_attrs = {"data-row": lambda record: f"market:{record.pk}"}
        order_by_field = "sort"

    def __init__(self, *args: object, period: Period, **kwargs: Any):
        self.period = period
        super().__init__(*args, **kwargs)

    @property
    def note(self) -> str:
        return overlap_note([row.record for row in getattr(self, "paginated_rows", self.rows)], str(self.order_by))

    def scope_of(self, market: Market) -> Scope:
        return Scope(self.workspace, self.period, market=market)


def further(kind: str) -> Callable[[Contact], str]:
    """Reads the further phones or emails of a contact, as imports read several in a cell."""

    def read(contact: Contact) -> str:
        return SEPARATOR.join(point.typed for point in contact.contact_points.all() if point.kind == kind)

    return read


ADDRESS_COLUMNS = ("firm", "title", "seniority", "city", "phone", "email")


class ContactTable(Table):
    """An import of its export gives the same people: the columns that it needs besides are hidden on the page."""

    nouns = (_("person"), _("people"))
    empty = _("No people yet. They come from an imported list or are added one by one.")
    no_match = _("No one matches these filters.")
    next_steps = (
        NextStep(_("Import people"), "imports:create", "can_manage", {"kind": "people"}),
        NextStep(_("New contact"), "contacts:create", "can_manage"),
    )
    ask = _("Ask a manager to import a list.")
    first_columns = ("chosen", "full_name")
    last_columns = ("edit",)
    default_columns: tuple[str, ...] = ("firm", *STANDING_COLUMNS)
    past_columns = ADDRESS_COLUMNS

    chosen = CheckColumn("selection/cells/tick.html", accessor="pk")
    full_name = CellColumn("contacts/cells/name.html", lead=True, verbose_name=_("Name"))
    firm = Column()
    title = Column()
    seniority = Column()
    city = Column()
    phone = Column(attrs={"td": {"class": "nowrap"}})
    email = Column(attrs={"td": {"class": "clip"}})
    last_outcome, last_call, movement, next_step, owner, in_campaigns = standing_columns()
    external_id = Column(visible=False)
    first_name = KeyColumn("first_name", "First name")
    last_name = KeyColumn("last_name", "Last name")
    timezone = KeyColumn("timezone", "Time zone")
    profile_url = KeyColumn("profile_url", "Profile URL")
    further_phones = ExportColumn("Further phones", further("phone"), prefetch="contact_points")
    further_emails = ExportColumn("Further emails", further("email"), prefetch="contact_points")
    created_at = Column(visible=False)
    person_key = KeyColumn("pk", "Person key")
    edit = edit_column("pk")

    class Meta(Table.Meta):
        model = Contact
        fields = (
            "chosen",
            "full_name",
            "firm",
            "title",
            "seniority",
            "city",
            "phone",
            "email",
            *STANDING_COLUMNS,
            "external_id",
            *("first_name", "last_name", "timezone", "profile_url", "further_phones", "further_emails"),
            "created_at",
            "person_key",
            "edit",
        )
        row_attrs = {"data-row": lambda record: f"contact:{record.pk}"}

    def __init__(self, *args: object, can_edit: bool = False, can_select: bool = False, **kwargs: Any):
        shown = {"edit": can_edit, "chosen": can_select or self.keeps_ticks}
        hidden = [name for name, is_shown in shown.items() if not is_shown]
        super().__init__(*args, **kwargs, exclude=[*getattr(self.Meta, "exclude", ()), *hidden])


class EnrollTable(ContactTable):
    """The people of a landscape, with checkboxes to add them to a campaign. Whoever can't be called says why."""

    keeps_ticks = True
    default_columns = ()
    empty = _("No one to choose. The market has no people yet, or all of them are in the campaign.")
    no_match = _("No one else matches these filters. People already in the campaign are hidden.")

    chosen = CheckColumn("contacts/cells/tick.html", accessor="pk")
    email = Column(visible=False)

    class Meta(ContactTable.Meta):
        sequence = ("chosen", "...")
        exclude = STANDING_COLUMNS


class MergeTable(Table):
    nouns = (_("merge"), _("merges"))
    empty = _("No one was merged yet.")
    next_steps = (NextStep(_("Likely duplicates"), "contacts:duplicates"),)

    label = Column(lead=True, verbose_name=_("Merged person"))
    contact = CellColumn("cells/contact.html", sort="contact__full_name", verbose_name=_("Is now"))
    calls = Column(figure=True, orderable=False, verbose_name=_("Calls"))
    signals = Column(figure=True, orderable=False, verbose_name=_("Signals"))
    campaigns = Column(figure=True, orderable=False, verbose_name=_("Campaigns"))
    merged_at = CellColumn("cells/moment.html", verbose_name=_("Merged"))
    merged_by = Column(orderable=False, verbose_name=_("By"))
    reason = Column(orderable=False)

    class Meta(Table.Meta):
        model = ContactMerge
        fields = ("label", "contact", "calls", "signals", "campaigns", "merged_at", "merged_by", "reason")
        row_attrs = {"data-row": lambda record: f"merge:{record.pk}"}


class SuppressionTable(Table):
    """An import of its export gives the same list: the columns that it needs besides are hidden on the page."""

    nouns = (_("entry"), _("entries"))
    empty = _("No one is on the do-not-call list.")
    next_steps = (
        NextStep(_("Import a list"), "imports:create", "can_manage", {"kind": "suppressions"}),
        NextStep(_("Add an entry"), "suppressions:create", "can_call"),
    )

    whom = CellColumn(
        "suppressions/cells/whom.html", accessor="whom", sort="contact__full_name", lead=True, verbose_name=_("Whom")
    )
    covered_count = CellColumn("suppressions/cells/covered.html", figure=True, verbose_name=_("People covered"))
    phone_e164 = Column(verbose_name=_("Number"))
    email = Column(attrs={"td": {"class": "breaks"}})
    phone_prefix = KeyColumn("phone_prefix", "Number prefix")
    email_domain = KeyColumn("email_domain", "Email domain")
    external_id = KeyColumn("contact__external_id", "External ID")
    contact_phone = KeyColumn("contact__phone_e164", "Person's number")
    contact_email = KeyColumn("contact__email", "Person's email")
    reason = Column(words=True)
    created_at = CellColumn("cells/moment.html", verbose_name=_("Since"))
    created_by = Column(orderable=False, verbose_name=_("By"))
    lifted_at = CellColumn("suppressions/cells/lifted.html", verbose_name=_("Lifted"))
    lifted_by = KeyColumn("lifted_by", "Lifted by")
    lift_reason = KeyColumn("lift_reason", "Why lifted")

    class Meta(Table.Meta):
        model = Suppression
        fields = (
            *("whom", "covered_count", "phone_e164", "email", "phone_prefix", "email_domain", "external_id"),
            *("contact_phone", "contact_email", "reason", "created_at", "created_by"),
            *("lifted_at", "lifted_by", "lift_reason"),
        )
        row_attrs = {"data-row": lambda record: f"suppression:{record.pk}"}

    def __init__(self, *args: object, can_lift: bool, **kwargs: Any):
        self.can_lift = can_lift
        super().__init__(*args, **kwargs)

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)


class ImportTable(Table):
    nouns = (_("import"), _("imports"))
    empty = _("No imports yet. A file holds people, calls from a dialer, or a do-not-call list.")
    next_steps = (NextStep(_("Import a file"), "imports:create", "can_manage"),)
    ask = _("Ask a manager to import one.")

    file_name = CellColumn("imports/cells/file.html", lead=True, verbose_name=_("File"))
    kind = Column(verbose_name=_("Kind"))
    state = CellColumn("imports/cells/state.html", verbose_name=_("State"))
    rows = CellColumn(  # type: ignore[assignment] # a column; the table keeps its own `rows`
        "imports/cells/rows.html", accessor="checkpoint", figure=True, verbose_name=_("Rows")
    )
    created = CellColumn("cells/number.html", figure=True, verbose_name=_("New"))
    updated = CellColumn("cells/number.html", figure=True)
    unchanged = CellColumn("cells/number.html", figure=True)
    rejected = CellColumn("imports/cells/rejected.html", figure=True, verbose_name=_("Refused"))
    enrolled = CellColumn("cells/number.html", figure=True)
    created_at = CellColumn("cells/moment.html", verbose_name=_("Sent"))
    created_by = Column(orderable=False, verbose_name=_("By"))

    class Meta(Table.Meta):
        model = ImportJob
        fields = (
            *("file_name", "kind", "state", "rows", "created", "updated", "unchanged", "rejected", "enrolled"),
            *("created_at", "created_by"),
        )
        row_attrs = {"data-row": lambda record: f"import:{record.pk}"}


class FieldColumn(Column):
    """The label of a field. Exports have its name."""

    def draw(self, record: ImportNote, table: Any, name: str) -> str:
        return field_label(record.field) if record.field else ""


class ImportNoteTable(Table):
    nouns = (_("note"), _("notes"))
    empty = _("Every value of the file was read, and no person has said otherwise.")

    line = Column(figure=True)
    kind = Column()
    contact = CellColumn("imports/cells/note_subject.html", orderable=False, verbose_name=_("Person or call"))
    field = FieldColumn()
    file_value = Column(verbose_name=_("In the file"))
    stored_value = Column(verbose_name=_("Here"))
    message = Column(orderable=False, verbose_name=_("Why"))

    class Meta(Table.Meta):
        model = ImportNote
        fields = ("line", "kind", "contact", "field", "file_value", "stored_value", "message")
        order_by_field = "sort"


class ImportPresetTable(Table):
    nouns = (_("preset"), _("presets"))
    empty = _("No presets yet. The first import of a file saves how its columns are read.")
    next_steps = (NextStep(_("Import a file"), "imports:create", "can_manage"),)

    name = CellColumn("imports/cells/preset.html", lead=True, verbose_name=_("Preset"))
    kind = Column(verbose_name=_("Of"))
    jobs = Column(accessor="job_count", figure=True, verbose_name=_("Imports"))
    updated_at = CellColumn("cells/moment.html", verbose_name=_("Changed"))
    updated_by = Column(orderable=False, verbose_name=_("By"))

    class Meta(Table.Meta):
        model = ImportPreset
        fields = ("name", "kind", "jobs", "updated_at", "updated_by")
        order_by_field = "sort"
