"""P7: of conflicting steps of a campaign's life exactly one is taken, and no call lies outside its Active times.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_status_races.py

eight clients in four processes. DRILL=full takes five hundred rounds, about a minute; without it a tenth.
"""

import os

import pytest
from django.db import connection

from tests.drills import racing
from tests.drills.portals import Server

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)

IS_SHORT = os.environ.get("DRILL") != "full"
ROUNDS, CALL_ROUNDS, CONTROL_ROUNDS = (30, 8, 5) if IS_SHORT else (500, 100, 20)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(os.environ["DATABASE_URL"], tmp_path_factory.mktemp("drill"))


@pytest.fixture(scope="module")
def portal(server):
    with server.migrated() as portal:
        yield portal


@pytest.fixture(scope="module")
def alone(portal):
    with racing.a_process(portal) as alone:
        yield alone


@pytest.fixture(scope="module")
def crew(portal):
    with racing.Crew(portal) as crew:
        yield crew


@pytest.fixture(scope="module")
def careless_crew(portal):
    with racing.Crew(portal, is_careless=True) as crew:
        yield crew


@pytest.mark.promise("P7")
def test_of_conflicting_steps_exactly_one_wins_and_every_history_is_a_legal_path(crew, careless_crew, alone, figure):
    campaigns = alone(racing.make_campaigns, ROUNDS // 2)

    results = crew.run(racing.step_rounds, campaigns, ROUNDS)

    won = racing.winners(results)
    losers = [why for _, why in results if why != "won"]
    assert won == [1] * ROUNDS
    assert len(losers) == ROUNDS * (racing.CLIENTS - 1)
    assert all(" is " in why and ("only " in why or "Completed is final" in why) for why in losers), losers[:3]
    assert alone(racing.illegal_paths, campaigns) == []

    # The control: without lock and condition several win.
    campaigns = alone(racing.make_campaigns, CONTROL_ROUNDS)

    results = careless_crew.run(racing.step_rounds, campaigns, CONTROL_ROUNDS)

    careless = racing.winners(results)
    assert max(careless) > 1
    assert alone(racing.illegal_paths, campaigns) != []
    figure(
        f"{won.count(1)}/{ROUNDS} one winner of {racing.CLIENTS}, {len(losers):,} told why; 0 illegal histories",
        control=f"without lock and condition up to {max(careless)} win",
    )


@pytest.mark.promise("P7")
def test_no_call_that_races_with_a_pause_lies_outside_active(crew, careless_crew, alone, figure):
    campaigns = alone(racing.make_campaigns, CALL_ROUNDS)

    results = crew.run(racing.call_rounds, campaigns)

    made, outside = alone(racing.calls_outside_active, campaigns)
    refused = results.count("not_active")
    assert outside == 0
    assert made == results.count("kept") == len(results) - refused
    assert min(made, refused) > len(results) // 20, "all on one side of the pause: no race was run"

    # The control. A few races without the lock may all end well by chance; dozens do not.
    careless, control_rounds = 0, 0
    while careless == 0 and control_rounds < 10 * CONTROL_ROUNDS:
        campaigns = alone(racing.make_campaigns, CONTROL_ROUNDS)
        careless_crew.run(racing.call_rounds, campaigns)
        _, careless = alone(racing.calls_outside_active, campaigns)
        control_rounds += CONTROL_ROUNDS
    assert careless > 0
    figure(
        f"{outside} of {made:,} calls outside Active, {refused:,} refused, in {CALL_ROUNDS} races with Pause",
        control=f"without the lock {careless} calls outside Active in {control_rounds} races",
    )
