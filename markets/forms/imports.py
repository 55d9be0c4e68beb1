"""The forms of an import: the file, how to read it, which column is which field, and where its rows go."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.ingest.parsing import dispositions_by_result, parse_result_mapping
from campaigns.dispositions import Disposition
from campaigns.models import Campaign, Status
from config.ui.english import in_english
from config.ui.formats import number
from markets.forms.import_fields import field_label
from markets.imports.contacts.writer import OnDuplicate
from markets.imports.dates import DAY_FIRST, MONTH_FIRST
from markets.imports.fields import CUSTOM
from markets.imports.files.rejects import RowRefused
from markets.imports.files.uploads import UPLOAD_LIMITS, column_names, previous_fields, previous_options, result_words
from markets.imports.mapping import ColumnMapping, match_key
from markets.imports.readers import FileRefused
from markets.imports.registry import file_kind
from markets.models import ImportJob, ImportKind, Market, Workspace
from markets.models.workspaces import timezone_names

DATE_ORDERS = ((DAY_FIRST, _("2 March 2026: the day first")), (MONTH_FIRST, _("3 February 2026: the month first")))
OPTIONS_BY_KIND: dict[str, tuple[str, ...]] = {
    ImportKind.PEOPLE: ("market", "campaign", "on_duplicate"),
    ImportKind.CALLS: ("campaign", "timezone", "date_order", "results", "historical"),
    ImportKind.SUPPRESSIONS: (),
}
"""The form fields shown for each kind of file, besides those of its columns."""
REQUIRED_COLUMNS: dict[str, list[tuple[set[str], ...]]] = {
    ImportKind.PEOPLE: [
        ({"external_id"}, {"email"}, {"phone"}, {"full_name", "firm"}, {"last_name", "firm"}, {"first_name", "firm"})
    ],
    ImportKind.CALLS: [({"contact"},), ({"started_at"}, {"started_date", "started_time"}), ({"disposition"},)],
    ImportKind.SUPPRESSIONS: [({"phone"}, {"email"}, {"external_id"})],
}
"""Each tuple lists alternatives: unless the columns include all fields of one of them, every row would be rejected."""
REQUIRED_COLUMNS_ERRORS: dict[str, str | Promise] = {
    ImportKind.PEOPLE: _(
        "People are told apart by an external ID, an email address, a phone number, or a name with a "
        "firm: say which columns hold at least one of these."
    ),
    ImportKind.CALLS: _(
        "Say which columns hold the person called, when the call started (one column, or date and "
        "time) and its outcome: a call needs all of these."
    ),
    ImportKind.SUPPRESSIONS: _("Say which column holds the phone number, the email address or the external ID."),
}


def result_lines(results: Mapping[str, str]) -> list[str]:
    """The disposition of each result of a dialer, one line each, as users type them: SALE = Meeting Booked.

    Sorted, because not every database keeps the order of JSON keys.
    """
    known = sorted((word for word, disposition in results.items() if disposition), key=str.casefold)
    with in_english():  # the words that are recognised when the form is sent
        return [f"{word} = {Disposition(results[word]).label}" for word in known]


def parse_result_lines(text: str) -> dict[str, str]:
    """The disposition of each result. Raises ValidationError with an error for every line that cannot be read."""
    results: dict[str, str] = {}
    lines: dict[str, int] = {}
    errors = []
    for place, line in enumerate(text.splitlines(), start=1):
        try:
            for result, disposition in parse_result_mapping([line] if line.strip() else []).items():
                first = lines.setdefault(match_key(result), place)
                if first != place:
                    raise RowRefused(
                        "results",
                        gettext("“%(result)s” is in line %(first)s already; leave one of them out.")
                        % {"result": result, "first": first},
                    )
                results[result] = disposition
        except RowRefused as refused:
            errors.append(gettext("Line %(line)s: %(problem)s") % {"line": place, "problem": refused})
    if errors:
        raise ValidationError(errors)
    return results


class CampaignField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    """Labels each campaign with its market too, as names are unique only within a market."""

    def label_from_instance(self, campaign: Campaign) -> str:
        return f"{campaign.market}: {campaign}"


TOO_LARGE = format_lazy(
    _("{{name}} has {{size}} MB; at most {most} MB are taken. Split it into several files."),
    most=UPLOAD_LIMITS.bytes // 1024**2,
)
"""What static/portal.js says of a file before it is sent."""


class ImportFileForm(forms.Form):
    kind = forms.ChoiceField(
        choices=ImportKind, widget=forms.RadioSelect, initial=ImportKind.PEOPLE, label=_("What’s in the file?")
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,.zip",
                "data-most-bytes": UPLOAD_LIMITS.bytes,
                "data-too-large": TOO_LARGE,
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        limits = UPLOAD_LIMITS
        self.fields["file"].help_text = gettext(
            "CSV, XLSX, XLS or ODS, or a ZIP archive with one such file. At most %(megabytes)s MB, %(rows)s "
            "rows and %(columns)s columns."
        ) % {"megabytes": limits.bytes // 1024**2, "rows": number(limits.rows), "columns": number(limits.columns)}


class ImportOptionsForm(forms.Form):
    """Maps the columns of a draft import's file to fields, and says where its rows go."""

    market = forms.ModelChoiceField(
        label=_("Market"),
        queryset=Market.objects.none(),
        empty_label=_("Choose a market"),
        help_text=_("Everybody gets a place in its landscape."),
    )
    campaign = CampaignField(Campaign.objects.none(), label=_("Campaign"), empty_label=_("Choose a campaign"))
    on_duplicate = forms.ChoiceField(
        label=_("Existing people"),
        choices=[
            (OnDuplicate.UPDATE, _("Is filled in and corrected")),
            (OnDuplicate.SKIP, _("Stays as before")),
            (OnDuplicate.FAIL, _("Is refused")),
        ],
        widget=forms.RadioSelect,
        initial=OnDuplicate.UPDATE,
    )
    timezone = forms.ChoiceField(
        required=False, label=_("Time zone"), help_text=_("Of times without an offset from UTC.")
    )
    results = forms.CharField(
        label=_("Results"),
        required=False,
        max_length=5000,
        help_text=_(
            "What the dialer's words mean, one a line: SALE = Meeting Booked. The names of the dispositions "
            "and the usual codes are known."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    date_order = forms.ChoiceField(
        required=False,
        choices=[("", _("As the dates show")), *DATE_ORDERS],
        label=_("Dates such as 02/03/2026"),
        help_text=_("Say it only if no date in the file shows the order."),
    )
    historical = forms.BooleanField(required=False, label=_("Accept calls made before this campaign was added"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, job: ImportJob, initial: Mapping[str, Any]):
        """Raises FileRefused if the file cannot be read any more."""
        self.job = job
        previous = previous_options(job)
        self.dispositions: dict[str, str] = previous.get("results", {})
        results = "\n".join(result_lines(self.dispositions))
        super().__init__(data, initial={**initial, **previous, "results": results})
        self.header = column_names(job)
        for name in self.fields.keys() - OPTIONS_BY_KIND[job.kind]:
            del self.fields[name]
        self._set_choices(job.workspace)
        self._add_results()
        fields = sorted(file_kind(job.kind).fields, key=lambda field: field != CUSTOM)
        choices = [("", gettext("Not read")), *((field, field_label(field)) for field in fields)]
        for place, field in enumerate(previous_fields(job)):
            if self.header[place]:
                self.fields[f"column-{place}"] = forms.ChoiceField(
                    choices=choices,
                    required=False,
                    initial=field,
                    label=self.header[place],
                    widget=forms.Select(attrs={"form": "import"}),
                )

    def _set_choices(self, workspace: Workspace) -> None:
        market, campaign, timezone = (self.fields.get(name) for name in ("market", "campaign", "timezone"))
        if isinstance(market, forms.ModelChoiceField):
            market.queryset = workspace.markets.all()
        if isinstance(campaign, forms.ModelChoiceField):
            campaigns = workspace.campaigns.select_related("market").order_by("market__name", "name", "pk")
            if self.job.kind == ImportKind.PEOPLE:
                campaign.queryset = campaigns.exclude(status=Status.COMPLETED)
                campaign.required = False
                campaign.empty_label = gettext("None, only the landscape")
            else:
                campaign.queryset = campaigns
                campaign.help_text = gettext("Of calls whose row names none.")
        for name in ("market", "campaign"):
            self._choose_the_only_one(name)
        if isinstance(timezone, forms.ChoiceField):
            names = [(name, name) for name in sorted(timezone_names())]
            timezone.choices = [
                ("", gettext("The workspace's, %(timezone)s") % {"timezone": workspace.timezone}),
                *names,
            ]

    def _choose_the_only_one(self, name: str) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField) and field.required and not self.initial.get(name):
            assert field.queryset is not None
            first = list(field.queryset.values_list("pk", flat=True)[:2])
            self.initial[name] = first[0] if len(first) == 1 else None

    def _add_results(self) -> None:
        """A choice for each result in the file that no disposition is known for yet."""
        known = dispositions_by_result(self.dispositions)
        words = result_words(self.job) if "results" in self.fields else []
        self.unknown: dict[str, str] = {}
        for word in words:
            if not known.get(match_key(word)):
                self.unknown.setdefault(f"result-{match_key(word)}", word)
        for name, word in self.unknown.items():
            self.fields[name] = forms.ChoiceField(
                choices=[("", gettext("Refuse such rows")), *Disposition.choices],
                required=False,
                label=gettext("“%(word)s” means") % {"word": word[:60]},
            )

    @property
    def columns(self) -> list[forms.BoundField | None]:
        """One for each column of the file; None if the column has no name and so cannot be mapped."""
        return [self[f"column-{place}"] if name else None for place, name in enumerate(self.header)]

    @property
    def option_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.unknown, *OPTIONS_BY_KIND[self.job.kind])]

    def clean_results(self) -> dict[str, str]:
        self.dispositions = parse_result_lines(self.cleaned_data["results"])
        return self.dispositions

    def _explained_results(self) -> dict[str, str]:
        """What the lines say, and what was chosen for the words of the file that they do not explain."""
        results: dict[str, str] = self.cleaned_data.get("results", {})
        explained = set(map(match_key, results))
        chosen = {word: self.cleaned_data.get(name, "") for name, word in self.unknown.items()}
        return results | {word: label for word, label in chosen.items() if label and match_key(word) not in explained}

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        chosen = [data.get(f"column-{place}", "") for place in range(len(self.header))]
        if not all(
            any(fields <= set(chosen) for fields in alternatives) for alternatives in REQUIRED_COLUMNS[self.job.kind]
        ):
            self.add_error(None, str(REQUIRED_COLUMNS_ERRORS[self.job.kind]))
        else:
            try:
                ColumnMapping(self.header, file_kind(self.job.kind).fields, chosen=chosen)
            except FileRefused as refused:
                self.add_error(None, str(refused))
        market, campaign = data.get("market"), data.get("campaign")
        if market and campaign and campaign.market_id != market.pk:
            self.add_error(
                "campaign",
                gettext("“%(campaign)s” is a campaign of %(market)s, not of %(chosen)s.")
                % {"campaign": campaign, "market": campaign.market, "chosen": market},
            )
        return data

    @property
    def options(self) -> dict[str, object]:
        """The value for `ImportJob.options`."""
        data = self.cleaned_data
        market, campaign = data.get("market"), data.get("campaign")
        return {
            "map": {name: data[f"column-{place}"] for place, name in enumerate(self.header) if name},
            "market": market and market.pk,
            "campaign": campaign and campaign.pk,
            "on_duplicate": data.get("on_duplicate", OnDuplicate.UPDATE),
            "timezone": data.get("timezone", ""),
            **({"date_order": data["date_order"]} if data.get("date_order") else {}),
            "results": self._explained_results(),
            "historical": data.get("historical", False),
        }
