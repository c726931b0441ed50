"""Backends of pages and apps: named as their owner names them, and open in the scope by themselves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.protocols import PROTOCOLS
from leakguard.errors import BadFile, OutOfScope, UsageProblem
from leakguard.models.scope import Scope
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.scanning.backend_places import MOST_PAGES
from leakguard.scanning.backends import (
    BACKENDS,
    OWN,
    Backend,
    backend_inside,
    backend_text,
    is_backend,
    is_provided,
    parse_backend,
)
from leakguard.scanning.gate import Gate
from leakguard.scanning.plan import Plan, names_to_resolve, scope_targets
from leakguard.scanning.scope.entries import parse_entry
from leakguard.scanning.scope.file import read_scope
from leakguard.scanning.target_refusals import refuse_out_of_scope
from leakguard.scanning.targets import parse_target
from support.scans import scope_of

REF = "abcdefghijklmnopqrst"
HOST = f"{REF}.supabase.co"
PUBLIC = "8.8.8.8"


@pytest.mark.parametrize(
    ("text", "host", "port", "name", "table"),
    [
        (f"supabase://{REF}", HOST, 443, "", ""),
        (f"supabase://{REF}/users", HOST, 443, "", "users"),
        (f"supabase://{REF}.supabase.in", f"{REF}.supabase.in", 443, "", ""),
        ("supabase://db.example.edu/users", "db.example.edu", 443, "", "users"),
        ("supabase://127.0.0.1:54321", "127.0.0.1", 54321, "", ""),
        ("postgrest://[::1]:3000/users", "::1", 3000, "", "users"),
        ("firebase://campus", "campus-default-rtdb.firebaseio.com", 443, "", ""),
        ("firebase://campus.firebaseio.com/chats", "campus.firebaseio.com", 443, "", "chats"),
        ("firebase://abc.europe-west1.firebasedatabase.app", "abc.europe-west1.firebasedatabase.app", 443, "", ""),
        ("firebase://127.0.0.1:9000/campus", "127.0.0.1", 9000, "campus", ""),
        ("appwrite://campus/main.users", "cloud.appwrite.io", 443, "campus", "main.users"),
        ("appwrite://fra.cloud.appwrite.io/campus/main.users", "fra.cloud.appwrite.io", 443, "campus", "main.users"),
        ("appwrite://127.0.0.1:8080/Campus", "127.0.0.1", 8080, "Campus", ""),
        ("algolia://ABCDEF1234", "abcdef1234-dsn.algolia.net", 443, "", ""),
        ("meilisearch://search.example.edu/people", "search.example.edu", 443, "", "people"),
        ("meilisearch://127.0.0.1:7700", "127.0.0.1", 7700, "", ""),
        ("firestore://campus-app/users", "firestore.googleapis.com", 443, "campus-app", "users"),
        ("firestore://campus-app/*", "firestore.googleapis.com", 443, "campus-app", "*"),
        ("firestore://127.0.0.1:8080/campus-app/users", "127.0.0.1", 8080, "campus-app", "users"),
        ("firebasestorage://campus.appspot.com", "firebasestorage.googleapis.com", 443, "campus.appspot.com", ""),
    ],
)
def test_a_backend_is_named_by_its_project_or_by_our_own_server(
    text: str, host: str, port: int, name: str, table: str
) -> None:
    found = parse_backend(f" {text}/ ")

    assert (found.host, found.port, found.name, found.table) == (host, port, name, table)
    assert is_backend(text)
    told = backend_text(found.scheme, host=host, port=port, name=name, table=table)
    assert parse_backend(told).project == found.project
    inside = f"{name}/{table}" if name else table
    again = parse_backend(backend_inside(inside, kind=found.kind.kind, host=host, port=port))
    assert (again.project, again.table) == (found.project, table)


@pytest.mark.parametrize("scheme", [scheme for scheme, kind in BACKENDS.items() if kind.host is not None])
def test_a_provider_answers_at_its_own_hosts_alone(scheme: str) -> None:
    name = {"supabase": REF, "algolia": "ABCDEF1234"}.get(scheme, "campus-app")
    at_its_provider, ours = parse_backend(f"{scheme}://{name}"), f"{scheme}.example.edu"

    assert is_provided(at_its_provider.host, at_its_provider.port)
    assert not is_provided(at_its_provider.host, 8443)
    assert not is_provided(f"{at_its_provider.host}.example.edu", 443)
    assert not is_provided(ours, 443)


def test_a_host_of_a_single_region_is_its_providers_too() -> None:
    assert is_provided("fra.cloud.appwrite.io", 443)
    assert is_provided("abc.europe-west1.firebasedatabase.app", 443)
    assert not is_provided("fracloud.appwrite.io", 443)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("supabase://short", "`supabase://REF`"),
        ("supabase://127.0.0.1:99999", "`supabase://REF`"),
        (f"supabase://{REF}/a/b", "one table"),
        (f"supabase://{REF}/a b", "one table"),
        ("firestore://127.0.0.1:8080", "`firestore://HOST:PORT/PROJECT`"),
        ("firestore://UPPER", "`firestore://PROJECT`"),
        ("postgrest://api", "`postgrest://HOST:PORT`"),
        ("nobase://x", "no backend is called"),
    ],
)
def test_whoever_names_a_backend_wrongly_is_told_how_it_is_written(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("`", ".")):
        parse_backend(text)


@given(st.text("abc123.:/-[]*@%", max_size=40))
def test_any_text_behind_a_scheme_is_a_backend_or_a_value_error(rest: str) -> None:
    for scheme in BACKENDS:
        try:
            assert parse_backend(f"{scheme}://{rest}").scheme == scheme
        except ValueError:
            continue


def test_every_backend_has_a_protocol_that_takes_its_scheme() -> None:
    for scheme, backend in BACKENDS.items():
        assert PROTOCOLS[backend.kind].for_backends or backend.kind == OWN
        assert scheme in PROTOCOLS[backend.kind].schemes


def endpoint(host: str | None, address: str = PUBLIC, *, port: int = 443, name: str | None = "") -> Endpoint:
    meant = None if name is None else BackendPlace(name=name)
    return Endpoint(address=address, port=port, host=host, backend=meant)


def test_a_backend_opens_its_own_host_for_itself_and_nothing_else() -> None:
    gate = Gate(scope=scope_of(f"supabase://{REF}", "firestore://campus-app"))

    gate.check(endpoint(HOST))
    gate.check(endpoint("firestore.googleapis.com", name="campus-app"))
    for refused in (
        endpoint(HOST, name=None),
        endpoint(HOST, "10.0.0.1"),
        endpoint(HOST, port=8443),
        endpoint("firestore.googleapis.com", name="another-app"),
        endpoint(f"{'z' * 20}.supabase.co"),
    ):
        with pytest.raises(OutOfScope):
            gate.check(refused)


def test_an_excluded_backend_and_an_excluded_address_stay_shut() -> None:
    gone = Gate(scope=scope_of(f"supabase://{REF}", exclude=(f"supabase://{REF}",)))
    address = Gate(scope=scope_of(f"supabase://{REF}", exclude=(PUBLIC,)))

    for gate in (gone, address):
        with pytest.raises(OutOfScope):
            gate.check(endpoint(HOST))


def test_a_backend_on_our_own_server_opens_that_port_of_that_address() -> None:
    gate = Gate(scope=scope_of("supabase://127.0.0.1:54321", "postgrest://db.example.edu:3000"))

    gate.check(endpoint(None, "127.0.0.1", port=54321))
    gate.check(endpoint("db.example.edu", port=3000))
    for refused in (
        endpoint(None, "127.0.0.1", port=54322),
        endpoint(None, "127.0.0.2", port=54321),
        endpoint("db.example.edu", "10.0.0.1", port=3000),
        Endpoint(address="not an address", port=54321, backend=BackendPlace()),
    ):
        with pytest.raises(OutOfScope):
            gate.check(refused)


def test_a_site_opens_one_port_of_its_host() -> None:
    gate = Gate(scope=scope_of("https://app.example.edu/shop", "http://127.0.0.1:8080", "http://localhost:81"))

    gate.check(endpoint("app.example.edu", name=None))
    gate.check(endpoint(None, "127.0.0.1", port=8080, name=None))
    gate.check(endpoint("localhost", "127.0.0.1", port=81, name=None))
    for refused in (
        endpoint("app.example.edu", port=80, name=None),
        endpoint("app.example.edu", "192.168.0.1", name=None),
        endpoint(None, "127.0.0.1", port=8081, name=None),
    ):
        with pytest.raises(OutOfScope):
            gate.check(refused)


def planned(scope: Scope, *targets: str, names: dict[str, tuple[str, ...]] | None = None) -> Plan:
    wanted = tuple(parse_target(text) for text in targets) or scope_targets(scope)
    resolved = {name: (names or {}).get(name, (PUBLIC,)) for name in names_to_resolve(wanted, scope)}
    gate = Gate(scope=scope)
    refuse_out_of_scope(wanted, gate, resolved)
    return Plan(gate=gate, targets=wanted, resolved=resolved, ports=(9200,))


def test_of_a_host_that_the_scope_names_by_a_url_no_other_port_is_planned() -> None:
    plan = planned(scope_of("https://app.example.edu/shop"), "app.example.edu:443,9200")

    assert [(each.host, each.port) for each in plan.endpoints()] == [("app.example.edu", 443)]


def test_the_whole_scope_asks_each_backend_once_and_each_site_at_its_port() -> None:
    scope = scope_of(
        "https://app.example.edu/shop", f"supabase://{REF}", f"supabase://{REF}/users", "firestore://campus-app/chats",
        public=(f"supabase://{REF}/catalogue",), exclude=(f"supabase://{REF}/logs",),
    )  # fmt: skip

    site, supabase, firestore = planned(scope).endpoints()

    assert (site.host, site.port, site.path, site.backend) == ("app.example.edu", 443, "/shop", None)
    assert supabase.host == HOST
    assert supabase.backend is not None
    assert supabase.backend.tables == ("users", "catalogue")
    assert supabase.backend.public == ("catalogue",)
    assert [supabase.backend.allows(table) for table in ("users", "others", "logs")] == [True, True, False]
    assert [(page.host, page.scheme, page.path) for page in supabase.backend.pages] == [
        ("app.example.edu", "https", "/shop")
    ]
    assert firestore.backend is not None
    assert (firestore.backend.is_whole, firestore.backend.tables) == (False, ("chats",))
    assert firestore.key.endswith("(firestore.googleapis.com)/campus-app/chats")
    assert supabase.key.endswith(f"({HOST})/")


def test_a_table_that_the_user_names_is_the_only_one() -> None:
    scope = scope_of(f"supabase://{REF}", f"supabase://{REF}/users")

    (only,) = planned(scope, f"supabase://{REF}/orders").endpoints()

    assert only.backend is not None
    assert (only.backend.tables, only.backend.is_whole) == (("orders",), False)


def test_what_the_scope_does_not_name_is_refused_before_the_first_packet() -> None:
    part = scope_of(f"supabase://{REF}/users", exclude=("firestore://campus-app/logs",))

    for target, why in (
        (f"supabase://{'z' * 20}", "it is not in the scope"),
        (f"supabase://{REF}/orders", "only a part of it: users"),
        ("firestore://campus-app/logs", "the scope excludes it"),
        ("supabase://10.0.0.1:54321", "10.0.0.1 is not in the scope"),
        ("supabase://db.example.edu:54321", "`db.example.edu|not in the scope"),
    ):
        with pytest.raises(OutOfScope, match=why.replace("`", ".")):
            planned(part, target)


def test_a_backend_on_our_own_server_may_be_in_the_scope_by_its_address() -> None:
    (own,) = planned(scope_of("127.0.0.0/24"), "supabase://127.0.0.1:54321/users").endpoints()

    assert own.backend is not None
    assert (own.port, own.scheme, own.backend.is_own) == (54321, "supabase", True)


def test_a_name_that_leads_nowhere_is_told_and_a_site_that_leads_inside_is_refused() -> None:
    scope = scope_of("https://app.example.edu/")

    assert planned(scope, "https://app.example.edu/", names={"app.example.edu": ()}).unresolved == ("app.example.edu",)
    with pytest.raises(OutOfScope, match="leads to the inside address"):
        planned(scope_of("app.example.edu"), "https://app.example.edu/", names={"app.example.edu": ("10.0.0.1",)})


def test_no_more_than_twenty_pages_are_read_for_a_key_and_those_with_a_url_first() -> None:
    many = tuple(f"p{number}.example.edu" for number in range(MOST_PAGES + 5))
    scope = scope_of(*many, "https://app.example.edu/", "http://127.0.0.1:8080/x", f"supabase://{REF}")

    (found,) = planned(scope, f"supabase://{REF}").endpoints()

    assert found.backend is not None
    assert len(found.backend.pages) == MOST_PAGES
    assert [page.host or page.address for page in found.backend.pages[:3]] == [
        "app.example.edu", "127.0.0.1", "p0.example.edu",
    ]  # fmt: skip


def test_a_page_that_may_not_be_read_is_left_out() -> None:
    scope = scope_of("gone.example.edu", "in.example.edu", f"supabase://{REF}")
    names = {"gone.example.edu": (), "in.example.edu": ("10.0.0.1",)}

    (found,) = planned(scope, f"supabase://{REF}", names=names).endpoints()

    assert found.backend is not None
    assert found.backend.pages == ()


def test_a_url_with_a_login_a_query_or_no_host_is_no_site() -> None:
    for text in (
        "https://u:p@app.example.edu/",
        "https://app.example.edu/?a=b",
        "https:///x",
        "https://a:0/",
        "https://a:99999/",
        "http://[::1",
    ):
        with pytest.raises(ValueError, match=r"a site is written|IPv6"):
            parse_entry(text)


def test_a_target_with_a_password_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(UsageProblem) as refused:
        parse_target(f"supabase://user:hunter2@{HOST}")

    assert "hunter2" not in str(refused.value)


SCOPE_FILE = """scope: campus
owner: {organisation: E, contact: a@example.edu, approved_by: CISO, approved_at: 2026-11-01}
valid: {from: 2026-11-01, until: 2027-02-01}
include: ["supabase://abcdefghijklmnopqrst"]
public: [%s]
"""


def test_public_names_tables_and_never_a_whole_backend() -> None:
    scope = read_scope(SCOPE_FILE % f'"supabase://{REF}/catalogue"', name="scope.yaml")

    assert [entry.text for entry in scope.public] == [f"supabase://{REF}/catalogue"]
    for text in (f'"supabase://{REF}"', "mail.example.edu", '"s3://campus"'):
        with pytest.raises(BadFile, match="problem"):
            read_scope(SCOPE_FILE % text, name="scope.yaml")


def test_two_entries_for_one_backend_are_one_project() -> None:
    one, other = Backend(scheme="supabase", host="a", port=1), Backend(scheme="postgrest", host="a", port=1)

    assert one.project == other.project
