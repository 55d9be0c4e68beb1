"""The settings that the environment may give. Each is declared where it is read; docs/settings.md lists them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Setting:
    """`default` is its default in words; `section` is the heading of the reference under which it stands."""

    name: str
    section: str
    description: str
    default: str
    is_secret: bool = False


class Environment:
    """Reads settings from the environment and remembers what each is for.

    A secret may also be in a file that NAME_FILE names, as Docker and systemd hand them over.
    """

    def __init__(self) -> None:
        self.env = environ.Env()
        self.settings: dict[str, Setting] = {}
        self.section = ""

    def text(self, name: str, description: str, *, default: str = "", shown: str = "", is_secret: bool = False) -> str:
        self._declare(name, description, shown or default or "none", is_secret)
        if is_secret and (file := os.environ.get(f"{name}_FILE", "")):
            return _content(name, file)
        return self.env.str(name, default="") or default

    def flag(self, name: str, description: str, *, default: bool, shown: str = "") -> bool:
        self._declare(name, description, shown or ("on" if default else "off"))
        text = os.environ.get(name, "").strip().lower()
        if text and text not in FLAGS:
            raise ImproperlyConfigured(f"{name} is “{text}”; write 1 or 0.")
        return FLAGS.get(text, default)

    def number(self, name: str, description: str, *, default: int, least: int = 0) -> int:
        self._declare(name, description, f"{default:,}")
        try:
            value = int(os.environ.get(name) or default)
        except ValueError:
            raise ImproperlyConfigured(f"{name} is “{os.environ[name]}”; write a whole number.") from None
        if value < least:
            raise ImproperlyConfigured(f"{name} is {value}; it must be at least {least}.")
        return value

    def texts(
        self, name: str, description: str, *, default: Sequence[str] = (), shown: str = "", is_secret: bool = False
    ) -> list[str]:
        """Texts with commas between."""
        value = self.text(name, description, shown=shown or ", ".join(default), is_secret=is_secret)
        return [each.strip() for each in value.split(",") if each.strip()] or list(default)

    def by_prefix(self, prefix: str, description: str, *, is_secret: bool = False) -> dict[str, str]:
        """All variables that begin with `prefix`, by the rest of their name in small letters."""
        self._declare(f"{prefix}<NAME>", description, "none", is_secret)
        names = {name.removesuffix("_FILE") if is_secret else name for name in os.environ if name.startswith(prefix)}
        found = {}
        for name in sorted(names - {prefix}):
            file = os.environ.get(f"{name}_FILE", "")
            if value := _content(name, file) if is_secret and file else os.environ.get(name, ""):
                found[name.removeprefix(prefix).lower()] = value
        return found

    def _declare(self, name: str, description: str, default: str, is_secret: bool = False) -> None:
        self.settings[name] = Setting(name, self.section, description, default, is_secret)


def _content(name: str, file: str) -> str:
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from None


environment = Environment()
