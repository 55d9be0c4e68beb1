"""What PostgreSQL is told about a connection."""

POSTGRESQL = {"LOCAL": "1", "DATABASE_URL": "postgres://portal@db/portal"}


def told(settings):
    return settings["DATABASES"]["default"]["OPTIONS"]["options"]


def test_a_connection_is_told_how_to_plan_and_one_of_pages_its_limits(settings_with):
    of_commands = told(settings_with(**POSTGRESQL))
    of_pages = told(settings_with(**POSTGRESQL, SERVES_PAGES="1"))

    assert of_commands == "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1"
    assert of_pages.removeprefix(of_commands) == (
        " -c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=15s"
    )


def test_behind_a_pooler_it_is_told_nothing(settings_with):
    assert told(settings_with(**POSTGRESQL, SERVES_PAGES="1", DATABASE_POOLER="1")) == ""
