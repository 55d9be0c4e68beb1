"""Several counts in one statement."""

from django.db.models import IntegerField, Model, QuerySet, Subquery


class RowCount(Subquery):
    """The number of rows of a query, as one of several values of a statement."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Model]):
        super().__init__(rows.order_by().values("pk"))
