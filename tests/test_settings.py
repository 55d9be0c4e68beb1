"""What the environment decides about security: nothing that serves clients is insecure by mistake."""

import runpy

import pytest
from django.conf import settings as portal
from django.core.exceptions import ImproperlyConfigured

SERVER = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "portal.example"}
ON_SQLITE = {"DATABASE_URL": "sqlite:///db.sqlite3"}
ON_POSTGRESQL = {"DATABASE_URL": "postgres://portal@127.0.0.1/portal"}
SERVED = {"SERVES_PAGES": "1"}


@pytest.fixture
def settings_with(monkeypatch):
    def read(**environment):
        for name in ("DEBUG", "LOCAL", "SERVES_PAGES", "DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "CACHE_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(portal.BASE_DIR / "config" / "settings.py"))

    return read


@pytest.mark.parametrize(
    ("environment", "is_secure"),
    [
        (SERVER | ON_POSTGRESQL, True),
        (SERVER | ON_POSTGRESQL | SERVED, True),
        (SERVER | ON_SQLITE | SERVED, True),
        (SERVER | SERVED, True),
        (SERVER | ON_SQLITE, False),
        (SERVER | ON_SQLITE | {"LOCAL": "0"}, True),
        (SERVER | ON_POSTGRESQL | {"LOCAL": "1"}, False),
        (SERVER | ON_POSTGRESQL | SERVED | {"DEBUG": "1"}, False),
    ],
    ids=str,
)
def test_what_is_served_is_secure_on_every_database(settings_with, environment, is_secure):
    read = settings_with(**environment)

    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert read.get(name, False) is is_secure, name
    assert read["WHITENOISE_USE_FINDERS"] is not is_secure


@pytest.mark.parametrize("database", [ON_SQLITE, ON_POSTGRESQL], ids=["sqlite", "postgresql"])
def test_a_web_server_does_not_start_without_a_key_of_its_own(settings_with, database):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        settings_with(**database, **SERVED)


def test_what_a_proxy_and_browsers_are_trusted_with_can_be_switched_off(settings_with):
    usual = settings_with(**SERVER, **ON_POSTGRESQL)
    other = settings_with(
        **SERVER, **ON_POSTGRESQL, BEHIND_PROXY="0", HSTS_SECONDS="60", HSTS_PRELOAD="0", HSTS_INCLUDE_SUBDOMAINS="0"
    )

    assert usual["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert "SECURE_PROXY_SSL_HEADER" not in other
    assert other["SECURE_HSTS_SECONDS"] == 60
    assert not other["SECURE_HSTS_PRELOAD"]
    assert not other["SECURE_HSTS_INCLUDE_SUBDOMAINS"]


def test_throttles_can_count_in_a_cache_that_server_processes_share(settings_with):
    assert "locmem" in settings_with(**SERVER)["CACHES"]["default"]["BACKEND"]

    shared = settings_with(**SERVER, CACHE_URL="dbcache://cache")["CACHES"]["default"]

    assert (shared["BACKEND"], shared["LOCATION"]) == ("django.core.cache.backends.db.DatabaseCache", "cache")
