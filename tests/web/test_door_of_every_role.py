"""Every operation through the real door, as every role: what the table of rights says, once more."""

from __future__ import annotations

import pytest

from leakguard.accounts.rights import RIGHTS, Right
from leakguard.web.operation import PREFIX
from leakguard.web.operations import OPERATIONS
from support.door import Served
from support.web import PEOPLE

pytestmark = pytest.mark.long


def test_every_role_may_through_the_door_what_the_table_says(served: Served) -> None:
    """A query that no operation knows is refused behind the right, and before the handler."""
    for who, roles in PEOPLE.items():
        if who not in served.people:
            served.add(who, *roles)
        scopes = [right.value for right in Right if not RIGHTS[right].isdisjoint(roles)]
        client = served.client(authorization=f"Bearer {served.token(who, *scopes, roles=frozenset(roles))}")
        for one in OPERATIONS:
            served.time.seconds += 60
            path = PREFIX + one.path.replace("{", "").replace("}", "")
            answer = client.request(one.method, path, params={"unknown": "1"})
            may = one.right is None or not RIGHTS[one.right].isdisjoint(roles)

            assert answer.status_code == (422 if may else 403), (who, one.name, answer.text)
