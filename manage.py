#!/usr/bin/env python3
import os
import sys


def print_version() -> None:
    import django

    django.setup()
    from markets.management.commands.version import Command

    Command().run_from_argv(sys.argv)


def needs_no_settings(arguments: list[str]) -> bool:
    """True for the demo, which serves this machine only, and for what only prints."""
    return arguments[:1] in ([], ["demo"], ["help"], ["version"]) or "--help" in arguments or "-h" in arguments


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if needs_no_settings(sys.argv[1:]):
        os.environ.setdefault("LOCAL", "1")
    if sys.argv[1:2] == ["version"]:  # Django answers this one itself, with its own version
        print_version()
        return
    from django.core.management import execute_from_command_line

    from config.monitoring.uncaught import log_uncaught_errors

    log_uncaught_errors()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
