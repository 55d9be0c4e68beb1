"""Runs management commands as a shell would."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def run_command(*words):
    out = StringIO()
    call_command(*map(str, words), stdout=out, stderr=StringIO())
    return out.getvalue()


def run_failing(*words):
    """The error of a command that fails, and what it printed before."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*map(str, words), stdout=out, stderr=StringIO())
    assert error.value.returncode == 1
    return str(error.value), out.getvalue()


def last_line(text):
    return json.loads(text.splitlines()[-1])
