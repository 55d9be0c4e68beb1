"""Query expressions that Django lacks."""

from django.db.models import BooleanField, Func


class IsDistinctFrom(Func):
    """Like `<>`, but two nulls are equal and a null differs from every value."""

    template = "(%(expressions)s)"
    arg_joiner = " IS DISTINCT FROM "
    arity = 2
    output_field = BooleanField()
