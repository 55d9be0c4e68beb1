"""What the environment decides about security: nothing that serves clients is insecure by mistake."""

import pytest
from django.core.exceptions import ImproperlyConfigured

SERVER = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "portal.example"}
ON_SQLITE = {"DATABASE_URL": "sqlite:///db.sqlite3"}
ON_POSTGRESQL = {"DATABASE_URL": "postgres://portal@127.0.0.1/portal"}
SERVED = {"SERVES_PAGES": "1"}


@pytest.mark.parametrize(
    ("environment", "is_secure"),
    [
        (SERVER | ON_POSTGRESQL, True),
        (SERVER | ON_POSTGRESQL | SERVED, True),
        (SERVER | ON_SQLITE | SERVED, True),
        (SERVER | SERVED, True),
        (SERVER | ON_SQLITE, True),
        (SERVER | ON_SQLITE | {"LOCAL": "1"}, False),
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


@pytest.mark.parametrize("database", [ON_SQLITE, ON_POSTGRESQL], ids=["sqlite", "postgresql"])
def test_a_command_takes_no_key_of_its_own_unless_told_that_it_is_local(settings_with, database):
    with pytest.raises(ImproperlyConfigured, match="set LOCAL=1"):
        settings_with(**database)


def test_a_secret_may_be_in_a_file(settings_with, tmp_path):
    (tmp_path / "key").write_text("k" * 60 + "\n")

    read = settings_with(**ON_SQLITE, ALLOWED_HOSTS="portal.example", SECRET_KEY_FILE=str(tmp_path / "key"))

    assert read["SECRET_KEY"] == "k" * 60


def test_a_value_that_cannot_be_read_is_named(settings_with):
    with pytest.raises(ImproperlyConfigured, match="HSTS_SECONDS is “soon”"):
        settings_with(**SERVER, HSTS_SECONDS="soon")
    with pytest.raises(ImproperlyConfigured, match="LOCAL is “perhaps”; write 1 or 0"):
        settings_with(**SERVER, LOCAL="perhaps")


def test_what_a_proxy_and_browsers_are_trusted_with_can_be_switched_off(settings_with):
    usual = settings_with(**SERVER, **ON_POSTGRESQL)
    other = settings_with(
        **SERVER,
        **ON_POSTGRESQL,
        TRUSTED_PROXIES="none",
        HSTS_SECONDS="60",
        HSTS_PRELOAD="1",
        HSTS_INCLUDE_SUBDOMAINS="1",
    )

    assert (usual["TRUSTED_PROXIES"], other["TRUSTED_PROXIES"]) == (["127.0.0.1", "::1", "unix"], ["none"])
    assert (usual["SECURE_HSTS_SECONDS"], other["SECURE_HSTS_SECONDS"]) == (365 * 24 * 3600, 60)
    # A host says nothing of its company's other hosts unless it is told to.
    assert [usual[name] for name in ("SECURE_HSTS_PRELOAD", "SECURE_HSTS_INCLUDE_SUBDOMAINS")] == [False, False]
    assert [other[name] for name in ("SECURE_HSTS_PRELOAD", "SECURE_HSTS_INCLUDE_SUBDOMAINS")] == [True, True]


def test_limits_are_counted_in_the_database_unless_a_redis_is_named(settings_with):
    assert settings_with(**SERVER)["CACHES"]["default"]["BACKEND"] == "config.db.shared_cache.SharedCache"

    shared = settings_with(**SERVER, CACHE_URL="redis://cache:6379/1")["CACHES"]["default"]

    assert shared["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert shared["OPTIONS"]["socket_timeout"] == 2


def test_a_cache_that_is_not_shared_is_refused_in_production(settings_with):
    with pytest.raises(ImproperlyConfigured, match="limits on sign-in would not hold"):
        settings_with(**SERVER, CACHE_URL="locmemcache://")
    assert "locmem" in settings_with(LOCAL="1", CACHE_URL="locmemcache://")["CACHES"]["default"]["BACKEND"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"SECURITY_CONTACT": "mailto:security@portal.example"}, "SECURITY_CONTACT_UNTIL is “”"),
        (
            {"SECURITY_CONTACT": "security@portal.example", "SECURITY_CONTACT_UNTIL": "2027-01-31"},
            "begin it with mailto:",
        ),
    ],
)
def test_whom_to_tell_of_a_security_problem_is_a_link_with_a_last_day(settings_with, values, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        settings_with(**SERVER, **values)


@pytest.mark.parametrize("value", ["proxy", "10.0.0.0/33", "10.0.0.1, none", "1.2.3"])
def test_a_proxy_is_an_address_or_a_network(settings_with, value):
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES is"):
        settings_with(**SERVER, TRUSTED_PROXIES=value)


def test_several_hosts_and_options_of_a_database_are_handed_on(settings_with):
    url = "postgres://portal:p@one:5432,two:5433/portal?target_session_attrs=read-write&sslmode=require"

    database = settings_with(**SERVER, DATABASE_URL=url)["DATABASES"]["default"]

    assert (database["HOST"], database["PORT"]) == ("one,two", "5432,5433")
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["pool"]["timeout"] < 10


def test_on_sqlite_a_commit_is_on_the_disk_before_it_is_acknowledged(settings_with):
    def command(**environment):
        return settings_with(**SERVER, **ON_SQLITE, **environment)["DATABASES"]["default"]["OPTIONS"]["init_command"]

    assert "synchronous=FULL" in command()
    assert "busy_timeout=5000" in command(SERVES_PAGES="1")
    assert "synchronous=NORMAL" in command(LOCAL="1")
