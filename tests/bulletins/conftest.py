"""A published quarter of three districts, and what its 通报 is drafted from."""

import pytest

from bulletins.models import Bulletin
from bulletins.services import start_notice
from tests.factories import World
from tests.rankings.boards import publish, quarter_of_three


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = quarter_of_three()
    world.cycle = publish(world)
    return world


@pytest.fixture
def notice(world: World) -> Bulletin:
    return start_notice(actor=world.people["owner"], cycle=world.cycle)
