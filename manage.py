#!/usr/bin/env python3
import os
import sys


def print_version() -> None:
    import django

    django.setup()
    from markets.management.commands.version import Command

    Command().run_from_argv(sys.argv)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["version"]:  # Django answers this one itself, with its own version
        print_version()
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
