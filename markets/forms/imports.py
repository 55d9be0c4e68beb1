"""Sending in a file, and saying how it is read and where its rows go."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from calls.ingest.parsing import results_of, results_told
from campaigns.dispositions import Disposition
from campaigns.models import Campaign, Status
from markets.contacts.normalization import tidy
from markets.imports.contacts import OnDuplicate
from markets.imports.mapping import Columns, same
from markets.imports.readers import FileRefused, Row
from markets.imports.readers.encodings import LABELS
from markets.imports.registry import file_kind
from markets.imports.rejects import RowRefused
from markets.imports.uploads import LIMITS, column_names, remembered, remembered_results
from markets.models import ImportJob, ImportKind, Market
from markets.models.workspaces import known_timezones

ASKED = {
    ImportKind.PEOPLE: ("market", "campaign", "on_duplicate"),
    ImportKind.CALLS: ("campaign", "timezone", "results", "historical"),
    ImportKind.SUPPRESSIONS: (),
}
"""What is asked about each kind of file, besides its columns."""
NEEDED = {
    ImportKind.PEOPLE: [
        ({"external_id"}, {"email"}, {"phone"}, {"full_name", "firm"}, {"last_name", "firm"}, {"first_name", "firm"})
    ],
    ImportKind.CALLS: [({field},) for field in ("call_id", "contact", "started_at", "disposition")],
    ImportKind.SUPPRESSIONS: [({"phone"}, {"email"}, {"external_id"})],
}
"""Of each list of sets of fields one set must be among the columns, or else every row is refused."""
MISSING = {
    ImportKind.PEOPLE: "People are told apart by an external ID, an email address, a phone number, or a name with a "
    "firm: say which columns hold at least one of these.",
    ImportKind.CALLS: "Say which columns hold the call ID, the person called, when the call started and its "
    "disposition: a call needs all four.",
    ImportKind.SUPPRESSIONS: "Say which column holds the phone number, the email address or the external ID.",
}
LABELS_OF_FIELDS = {
    "external_id": "External ID",
    "profile_url": "Profile URL",
    "timezone": "Time zone",
    "call_id": "Call ID",
    "contact": "Person called",
    "started_at": "Started at",
    "talk_seconds": "Talk time in seconds",
    "callback_at": "Call back at",
    "meeting_at": "Meeting at",
}


def field_label(field: str) -> str:
    return LABELS_OF_FIELDS.get(field) or field.replace("_", " ").capitalize()


def result_lines(results: Mapping[str, str]) -> list[str]:
    """What a dialer's words for results mean, as somebody writes it, by word: not every database keeps their order."""
    return [f"{word} = {Disposition(results[word]).label}" for word in sorted(results, key=str.casefold)]


class CampaignField(forms.ModelChoiceField):
    """A campaign's name is its own only within its market."""

    def label_from_instance(self, campaign: Campaign) -> str:
        return f"{campaign.market}: {campaign}"


class ImportFileForm(forms.Form):
    kind = forms.ChoiceField(choices=ImportKind, widget=forms.RadioSelect, initial=ImportKind.PEOPLE, label="It holds")
    file = forms.FileField(
        allow_empty_file=True,
        help_text=f"CSV or XLSX, with the names of the columns in the first line. At most "
        f"{LIMITS.bytes // 1024**2} MB, {LIMITS.rows:,} rows and {LIMITS.columns:,} columns.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm", "data-most-bytes": LIMITS.bytes}),
    )


class ReadingForm(forms.Form):
    """How a CSV file is read, where that was not found out rightly."""

    encoding = forms.ChoiceField(
        required=False, choices=[("", "Found out"), ("utf-8", "UTF-8"), ("utf-16", "UTF-16"), *LABELS.items()]
    )
    delimiter = forms.ChoiceField(
        required=False,
        choices=[("", "Found out"), (",", "Comma"), (";", "Semicolon"), ("tab", "Tab"), ("|", "Bar")],
        label="Between columns",
    )


class ImportOptionsForm(forms.Form):
    """Which column of a Draft's file is which field, and where its rows go."""

    market = forms.ModelChoiceField(
        Market.objects.none(), empty_label="Choose a market", help_text="Everybody gets a place in its landscape."
    )
    campaign = CampaignField(Campaign.objects.none(), empty_label="Choose a campaign")
    on_duplicate = forms.ChoiceField(
        label="Who is known already",
        choices=[
            (OnDuplicate.UPDATE, "Is filled in and corrected"),
            (OnDuplicate.SKIP, "Stays as before"),
            (OnDuplicate.FAIL, "Is refused"),
        ],
        widget=forms.RadioSelect,
        initial=OnDuplicate.UPDATE,
    )
    timezone = forms.ChoiceField(required=False, label="Time zone", help_text="Of times without an offset from UTC.")
    results = forms.CharField(
        required=False,
        max_length=5000,
        help_text="What the dialer's words mean, one a line: SALE = Meeting Booked. The names of the dispositions "
        "and the usual codes are known.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    historical = forms.BooleanField(required=False, label="Admit calls from before the campaign was kept here")

    def __init__(self, *args: Any, job: ImportJob, initial: Mapping[str, Any], **kwargs: Any):
        self.job = job
        self.told = remembered_results(job)
        said = {**initial, **job.options, "results": "\n".join(result_lines(self.told))}
        super().__init__(*args, initial=said, **kwargs)
        self.header = column_names(job)
        for name in self.fields.keys() - ASKED[job.kind]:
            del self.fields[name]
        self._offer(job.workspace)
        choices = [("", "Not read"), *((field, field_label(field)) for field in file_kind(job.kind).fields)]
        for place, field in enumerate(self._suggested()):
            if self.header[place]:
                self.fields[f"column-{place}"] = forms.ChoiceField(
                    choices=choices,
                    required=False,
                    initial=field,
                    label=self.header[place],
                    widget=forms.Select(attrs={"form": "import"}),
                )

    def _offer(self, workspace: Any) -> None:
        """Choices come from the workspace."""
        if "market" in self.fields:
            self.fields["market"].queryset = workspace.markets.all()
        if "campaign" in self.fields:
            campaigns = workspace.campaigns.select_related("market").order_by("market__name", "name", "pk")
            self.fields["campaign"].queryset = campaigns
            if self.job.kind == ImportKind.PEOPLE:
                self.fields["campaign"].queryset = campaigns.exclude(status=Status.COMPLETED)
                self.fields["campaign"].required = False
                self.fields["campaign"].empty_label = "None, only the landscape"
            else:
                self.fields["campaign"].help_text = "Of calls whose row names none."
        if "timezone" in self.fields:
            named = [(name, name) for name in sorted(known_timezones())]
            self.fields["timezone"].choices = [("", f"The workspace's, {workspace.timezone}"), *named]

    def _suggested(self) -> list[str]:
        """The field of each column: as somebody chose it before, or else as its name says."""
        try:
            kind = file_kind(self.job.kind)
            guessed = Columns(self.header, kind.fields, ranked=kind.ranked)
        except FileRefused:
            return remembered(self.job) or [""] * len(self.header)
        return remembered(self.job) or guessed.fields_by_place

    @property
    def columns(self) -> list[forms.BoundField | None]:
        """One for each column of the file; None where it has no name and so cannot be chosen."""
        return [self[f"column-{place}"] if name else None for place, name in enumerate(self.header)]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in ASKED[self.job.kind]]

    def unknown_results(self, rows: Iterable[Row]) -> list[str]:
        """The words for results in these rows that mean no disposition yet."""
        fields = [choice.value() if choice else "" for choice in self.columns]
        if "results" not in self.fields or "disposition" not in fields:
            return []
        place, known = fields.index("disposition"), results_of(self.told)
        words = dict.fromkeys(tidy(cells[place]) for _, cells in rows if place < len(cells))
        return [word for word in words if word and same(word) not in known]

    def clean_results(self) -> dict[str, str]:
        """The disposition of each word. Each line that does not say it gets its sentence."""
        told: dict[str, str] = {}
        lines: dict[str, int] = {}
        wrong = []
        for number, line in enumerate(self.cleaned_data["results"].splitlines(), start=1):
            try:
                for word, value in results_told([line] if line.strip() else []).items():
                    first = lines.setdefault(same(word), number)
                    if first != number:
                        raise RowRefused("results", f"“{word}” is in line {first} already; leave one of them out.")
                    told[word] = value
            except RowRefused as refused:
                wrong.append(f"Line {number}: {refused}")
        if wrong:
            raise ValidationError(wrong)
        self.told = told
        return told

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        chosen = [typed.get(f"column-{place}", "") for place in range(len(self.header))]
        if not all(any(fields <= set(chosen) for fields in either) for either in NEEDED[self.job.kind]):
            self.add_error(None, MISSING[self.job.kind])
        else:
            try:
                Columns(self.header, file_kind(self.job.kind).fields, chosen=chosen)
            except FileRefused as refused:
                self.add_error(None, str(refused))
        market, campaign = typed.get("market"), typed.get("campaign")
        if market and campaign and campaign.market_id != market.pk:
            self.add_error("campaign", f"“{campaign}” is a campaign of {campaign.market}, not of {market}.")
        return typed

    @property
    def options(self) -> dict[str, Any]:
        """As a job keeps them."""
        said = self.cleaned_data
        market, campaign = said.get("market"), said.get("campaign")
        return {
            "map": {name: said[f"column-{place}"] for place, name in enumerate(self.header) if name},
            "market": market and market.pk,
            "campaign": campaign and campaign.pk,
            "on_duplicate": said.get("on_duplicate", OnDuplicate.UPDATE),
            "timezone": said.get("timezone", ""),
            "results": said.get("results", {}),
            "historical": said.get("historical", False),
        }
