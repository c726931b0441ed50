"""The dry run says how many questions a backend may be asked; no session asks more."""

from __future__ import annotations

import asyncio

import pytest

from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.outputs.estimate import estimate_lines
from leakguard.probes.protocols import backend
from leakguard.scanning.backends import BACKENDS, OWN
from leakguard.scanning.estimate import MOST_TABLES, Pace, backend_questions, estimate
from leakguard.scanning.plan import Plan
from leakguard.shipped.reader import ShippedReader
from scanning.test_backends import REF, planned
from shipped.test_reading import shipping
from support.backend_hosts import FakeSupabase, Serves, Table, serving
from support.firebase_hosts import FakeFirebase
from support.messages import NOW
from support.probing import ON_REAL_TIME, Probing, Question
from support.probing import run as run_on
from support.scans import scope_of
from support.search_hosts import APPLICATION, FakeAlgolia, FakeAppwrite, FakeMeilisearch

ASKED = frozenset(scheme for scheme, kind in BACKENDS.items() if kind.kind != OWN)
SIX = ("a", "b", "c", "d", "e", "f")
ASKS = f'c.from("users").select("{", ".join(SIX)}")'
SUPABASE = FakeSupabase(
    tables={"users": Table(visible=9, fields=SIX, granted=("f",), is_slow=True)}, asks=ASKS, has_proxy_status=False,
)  # fmt: skip
HARDEST: dict[str, tuple[Serves, str, str]] = {
    "supabase": (SUPABASE, "", "users"),
    "postgrest": (SUPABASE, "", "users"),
    "firebase": (FakeFirebase(paths=frozenset({"chats"})), "campus-app", "chats"),
    "firestore": (FakeFirebase(collections=frozenset({"chats"})), "campus-app", "chats"),
    "firebasestorage": (FakeFirebase(folders=frozenset({"chats"})), "campus-app.appspot.com", "chats"),
    "appwrite": (FakeAppwrite(collections={"main.open": 3}), "campus", "main.open"),
    "algolia": (FakeAlgolia(rights=("listIndexes",)), APPLICATION, "people"),
    "meilisearch": (FakeMeilisearch(rights=("keys.get", "stats.get", "documents.get")), "", "people"),
}
"""By scheme: the server that makes its session ask most, its project, and one table."""


def test_each_backend_has_its_hardest_server() -> None:
    assert set(HARDEST) == ASKED


@pytest.mark.enable_socket
@pytest.mark.parametrize("scheme", sorted(ASKED))
def test_no_session_asks_more_than_the_dry_run_says(scheme: str) -> None:
    host, name, table = HARDEST[scheme]
    kind = BACKENDS[scheme]

    async def work(port: int) -> list[int]:
        probing = Probing(timeouts=ON_REAL_TIME, new_reader=lambda: ShippedReader(shipping(), key=b"ours"))
        page = Endpoint(address="127.0.0.1", port=port, scheme="http", named=True)
        meant = BackendPlace(name=name, is_own=True, pages=(page,))
        place = Endpoint(address="127.0.0.1", port=port, scheme=scheme, named=True, backend=meant)
        wanted = [Question("inside", ""), Question("table", meant.inside(table))][: 2 if kind.table_questions else 1]
        replies = await probing.ask(place, kind.kind, *wanted)
        return [len(reply.document["requests"]) for reply in replies]

    with serving(host) as served:
        asked = run_on(work(served.port), new_loop=asyncio.new_event_loop)

    assert asked[0] <= kind.first_questions
    assert sum(asked[1:]) <= kind.table_questions
    assert sum(asked) > 1 or kind.first_questions + kind.table_questions <= 2


def lines_of(plan: Plan) -> str:
    scope = plan.gate.scope
    return "\n".join(estimate_lines(estimate(plan, (), scope.limits, NOW, pace=Pace()), "LeakGuard"))


def test_a_dry_run_names_each_backend_with_its_questions() -> None:
    plan = planned(scope_of(f"supabase://{REF}/users", f"supabase://{REF}/orders", "firestore://campus-app"))

    first, second = backend_questions(plan)

    assert (first.tables, second.tables) == (2, MOST_TABLES)
    assert second.questions == 1 + MOST_TABLES
    text = lines_of(plan)
    assert f"supabase://{REF}: at most {first.questions} questions, for 2 tables" in text
    assert f"firestore://campus-app: at most {second.questions} questions, for {MOST_TABLES} tables" in text


def test_the_most_tables_are_those_of_the_sessions() -> None:
    assert MOST_TABLES == backend.MOST_TABLES


def test_targets_without_a_backend_have_no_such_line() -> None:
    assert "backend " not in lines_of(planned(scope_of("192.0.2.0/30"), "192.0.2.1"))
