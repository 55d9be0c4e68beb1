"""Query expressions that Django lacks."""

from django.db.models import BooleanField, Func, IntegerField, Model, QuerySet, Subquery


class IsDistinctFrom(Func):
    """Like `<>`, but two nulls are equal and a null differs from every value."""

    template = "(%(expressions)s)"
    arg_joiner = " IS DISTINCT FROM "
    arity = 2
    output_field = BooleanField()


class RowCount(Subquery):
    """The number of rows of a query, as one of several values of a statement."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Model]):
        super().__init__(rows.order_by().values("pk"))
