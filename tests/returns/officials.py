"""A city of many officials for tests/returns/test_many_officials.py: `python -m tests.returns.officials 100`.

Makes that many districts with two officials each, and prints as one line of JSON a session for each.
"""

from __future__ import annotations

import json
import sys

import django


def main(districts: int) -> None:
    """Fill the database of the present settings; not safe to repeat."""
    from accounts.models import Role
    from huzhou_targets.tour import session_cookie
    from tests.factories import OrganisationFactory, UserFactory, grant, make_world

    world = make_world()
    for code in ("shared", "first", "second"):
        world.indicator(code)
    sessions = []
    for number in range(districts):
        place = OrganisationFactory.create(city=world.city, code=f"d{number}", name=f"第{number}区")
        for code in ("shared", "first", "second"):
            world.target(code, place, "1000")
        for side in ("first", "second"):
            user = UserFactory.create(username=f"{place.code}-{side}", organisation=place)
            grant(user, Role.REPORTER, place)
            sessions.append({"district": place.code, "side": side, "cookie": session_cookie(user.username)})
    sys.stdout.write(json.dumps(sessions) + "\n")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
