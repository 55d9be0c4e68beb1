"""What a table says to those who do not see the page around it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.ui.formats import in_sentence, number


class SpokenTable:
    """What a table says to screen readers; mixed into the class of django-tables2."""

    nouns: tuple[str | Promise, str | Promise] = (gettext_lazy("row"), gettext_lazy("rows"))
    """What one row is, and several."""
    paginator: Any
    page: Any
    order_by: Any
    columns: Any

    @property
    def caption(self) -> str:
        """The name of the table for those who do not see the page around it."""
        return capfirst(str(self.nouns[1]))

    @property
    def noun(self) -> str:
        """What the rows are, for their number."""
        return str(self.nouns[self.paginator.count != 1])

    @property
    def announcement(self) -> str:
        """What a swap of the table says: “Sorted by firm. 1,204 people, page 1 of 49.”"""
        pages, count = self.paginator.num_pages, self.paginator.count
        more = "+" if getattr(self.paginator, "is_capped", False) else ""
        said = f"{number(count)}{more} {self.noun}"
        if pages > 1:
            place = _("page %(page)s of %(pages)s") % {"page": number(self.page.number), "pages": number(pages)}
            said += f", {place}{more}"
        order = next(iter(self.order_by or ()), "")
        if not order:
            return f"{said}."
        is_descending = order.startswith("-")
        sentence = _("Sorted by %(column)s, descending.") if is_descending else _("Sorted by %(column)s.")
        return f"{sentence % {'column': in_sentence(self.columns[order.removeprefix('-')].header)}} {said}."


def opening_tag(column: Any) -> str:
    """Of a cell: that of the leading column is the header of its row."""
    attrs = column.attrs["td"]
    is_header = "lead" in (attrs.get("class") or "").split()
    return format_html('th scope="row" {}', attrs.as_html()) if is_header else format_html("td {}", attrs.as_html())
