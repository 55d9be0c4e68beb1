"""What is stored or exported is English, whoever's page it is written from."""

from contextlib import AbstractContextManager

from django.utils import translation


def in_english() -> AbstractContextManager[None]:
    return translation.override("en")
