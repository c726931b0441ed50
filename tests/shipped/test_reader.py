"""What the reader finds in what a page ships, and what it keeps of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.models.shipped import ShippedFindings
from leakguard.shipped.graphql_documents import MOST_BYTES
from leakguard.shipped.reader import MOST_FINDS, MOST_TRIES, ShippedReader, formless
from shipped.test_reading import shipping
from support.planted import BACKENDS, SECRETS, token

FORMS = shipping()
A = "a" * 200


PUBLIC = (
    "AIzaSyA1234567890abcdefghijklmnopqrstuv", "1:123456789012:web:abcdef0123456789", "sb_publishable_AbCdEfGhIjKlMnOp",
    token(iss="supabase", role="anon"), "AKIAIOSFODNN7EXAMPLE", "XAKIAQYLPMN5HFIQR7XYA", "AKIAQYLPMN5HFIQR7XYAA",
    "postgres://user:password@localhost/db", "mysql://root:root@db.example.edu/x", "postgres://user@db.example.edu/x",
    "mongodb://app:${PASSWORD}@db.example.edu", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "-----BEGIN PUBLIC KEY-----" + A,
    "eyJhbGciOiJIUzI1NiJ9.not-json-at-all-but-long-enough." + "s" * 43, "https://docs.supabase.com",
)  # fmt: skip
"""What visitors are meant to have, examples of manuals, and what only resembles a secret."""


def read(*texts: str, key: bytes = b"ours") -> ShippedFindings:
    reader = ShippedReader(FORMS, key=key)
    for number, text in enumerate(texts):
        reader.read(text.encode(), f"/{number}.js")
    return reader.shipped


def test_a_token_of_square_stands_alone_and_in_no_encoded_picture() -> None:
    token_of_square = "EAAA" + "lsBxkkVgvmr7FasTFbM6VUGZ31EJ4jZKTJZySgElBDJ_wyafHuBFquFexY7E"

    assert [one.kind for one in read(f'a="{token_of_square}"').secrets] == ["square_secret"]
    assert not read(f'a="AAAA{token_of_square}"').secrets
    assert not read(f'a="{token_of_square}+x=="').secrets


def test_each_form_that_ships_has_an_example_here_and_no_other() -> None:
    assert SECRETS.keys() == {form.id for form in FORMS.secrets}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_by_its_kind_and_its_place_alone(kind: str) -> None:
    secret = SECRETS[kind]
    glued = f'const a=1;\nconst k="{secret}"' if kind != "google_service_account" else f"a\n{secret}"

    found = read(glued).secrets

    assert [(one.kind, one.where, one.line) for one in found if one.kind == kind] == [(kind, "/0.js", 2)]
    assert secret not in repr(found)
    assert re.fullmatch("[0-9a-f]{16}", found[0].mark)


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_by_design_or_only_an_example_is_no_secret(text: str) -> None:
    assert not read(f'const a="{text}"').secrets


def test_the_mark_tells_secrets_apart_and_depends_on_the_key() -> None:
    first, second = SECRETS["github_token"], "ghp_" + "Z9y8" * 9

    marks = [one.mark for one in read(first, second, first).secrets]

    assert marks[0] == marks[2] != marks[1]
    assert read(first, key=b"theirs").secrets[0].mark != marks[0]
    assert read(first, key=b"").secrets[0].mark == ""


def test_one_secret_counts_once_in_a_file_and_again_in_another() -> None:
    secret = SECRETS["gitlab_token"]

    assert [one.where for one in read(f"{secret} {secret}", secret).secrets] == ["/0.js", "/1.js"]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("https://abcdefghijklmnopqrst.supabase.co/rest/v1", "supabase://abcdefghijklmnopqrst"),
        (r"https:\/\/abcdefghijklmnopqrst.supabase.co", "supabase://abcdefghijklmnopqrst"),
        ("https://campus-default-rtdb.firebaseio.com", "firebase://campus-default-rtdb.firebaseio.com"),
        (
            "https://c-rtdb.europe-west1.firebasedatabase.app",
            "firebase://c-rtdb.europe-west1.firebasedatabase.app",
        ),
        ('authDomain:"campus-chat.firebaseapp.com"', "firestore://campus-chat"),
        ('storageBucket:"campus-chat.appspot.com"', "firebasestorage://campus-chat.appspot.com"),
        ('storageBucket:"c-chat.firebasestorage.app"', "firebasestorage://c-chat.firebasestorage.app"),
        ('serverURL:"https://parseapi.back4app.com/"', "https://parseapi.back4app.com"),
        ("https://campus.hasura.app/v1/graphql", "https://campus.hasura.app"),
        ("https://happy-animal-123.convex.cloud", "https://happy-animal-123.convex.cloud"),
        (
            "https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/graphql",
            "https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com",
        ),
        (
            'identityPoolId:"eu-west-1:01234567-89ab-cdef-0123-456789abcdef"',
            "eu-west-1:01234567-89ab-cdef-0123-456789abcdef",
        ),
        ("https://ABCDEF1234-dsn.algolia.net", "algolia://ABCDEF1234"),
        ('.setEndpoint("https://cloud.appwrite.io/v1").setProject("campus")', "appwrite://campus"),
        (
            'c.setEndpoint("https://fra.cloud.appwrite.io/v1");c.setProject("campus")',
            "appwrite://fra.cloud.appwrite.io/campus",
        ),
        ("https://api.airtable.com/v0/appABCDEFGHIJKLMN/Users", "https://api.airtable.com/v0/appABCDEFGHIJKLMN"),
    ],
)
def test_a_backend_is_named_as_a_scope_names_it(text: str, entry: str) -> None:
    assert [one.entry for one in read(f"x={text};").backends] == [entry]


@pytest.mark.parametrize("entry", BACKENDS)
def test_a_backend_that_is_planted_in_pages_is_named_alone(entry: str) -> None:
    assert [one.entry for one in read(BACKENDS[entry]).backends] == [entry]
    assert [one.entry for one in read(BACKENDS[entry].replace('"', "`")).backends] == [entry]
    assert [one.entry for one in read(BACKENDS[entry].replace("/", r"\/")).backends] in ([entry], [])


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ('x.serverURL="https://parse.example.edu/parse"', ["https://parse.example.edu/parse"]),
        ('new Ge("https://pb.example.edu/");k="pocketbase_auth"', ["https://pb.example.edu"]),
        ('new Ge("http://192.0.2.7:8090");c.getFullList()', ["http://192.0.2.7:8090"]),
        ('new Ge("https://pb.example.edu")', []),
        ('new URL("https://pb.example.edu");k="pocketbase_auth"', []),
        ('new TypeError("https://pb.example.edu");k="pocketbase_auth"', []),
        ('k("https://abcdefghijklmnopqrst.supabase.co","sb_publishable_x")', ["supabase://abcdefghijklmnopqrst"]),
        ('a="https://example.edu/graphql-guide"', []),
    ],
)
def test_a_server_of_ones_own_is_known_by_the_call_that_names_it(text: str, entries: list[str]) -> None:
    assert [one.entry for one in read(text).backends] == entries


def test_a_source_map_is_searched_for_secrets_alone() -> None:
    reader = ShippedReader(FORMS, key=b"ours")
    reader.read(
        f'{BACKENDS["https://cms.example.edu"]};c.from("users");{SECRETS["gitlab_token"]}'.encode(), "/a.js.map"
    )

    found = reader.shipped
    assert (len(found.secrets), found.backends, found.tables) == (1, (), ())


def test_backends_that_stand_close_together_are_each_named_once() -> None:
    text = "https://abcdefghijklmnopqrst.supabase.co https://tsrqponmlkjihgfedcba.supabase.co"

    assert [one.entry for one in read(text).backends] == [
        "supabase://abcdefghijklmnopqrst",
        "supabase://tsrqponmlkjihgfedcba",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "https://supabase.com/docs",
        "https://short.supabase.co",
        "abcdefghijklmnopqrst.supabase.community",
        "firebaseapp.com",
    ],
)
def test_another_address_of_the_same_maker_is_no_backend(text: str) -> None:
    assert not read(text).backends


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('c.from("users").select("id")', ["users"]),
        ("pb.collection('posts').getList()", ["posts"]),
        ("fetch(`/rest/v1/orders?select=id`)", ["orders"]),
        ("/rest/v1/rpc/secret", []),
        ("/api/collections/messages/records", ["messages"]),
        ("/classes/Customer", ["Customer"]),
        ("/items/leads", ["leads"]),
        ("new t.default.Query(`Customer`).find()", ["Customer"]),
        ('o=a.default.Object.extend("Order")', ["Order"]),
        ('k.request((0,h.f)("leads",{limit:20}))', ["leads"]),
        ("k.request(Nc(`leads`))", ["leads"]),
        ('k.request("leads")', []),
        ('k.request(Nc("leads"+x))', []),
        (
            "gql`query People($n: Int) { allPeople(first: $n) { nodes { id } } x: allNotes { id } }`",
            ["allPeople", "allNotes"],
        ),
        (r'gql("\n  query {\n    people @live(a: \"b\") { id }\n ... on Query { notes { id } }\n }")', ["people"]),
        ("graphql(`{ __typename people { id } }`)", ["people"]),
        ("gql`mutation { wipe { id } }`", []),
        ("gql`query { people { id }`", []),
        ("gql`query { people { id }", []),
        ('graphql,"a{color:red}","{a:b}"', []),
        ("`query(query, or(...))` to `query(query, and(or(...)))`", []),
        ('Array.from("users")', []),
        ('Uint8Array.from("users")', []),
        ('new Map(Object.from("x"))', []),
        (".from(variable)", []),
    ],
)
def test_names_of_tables_stand_in_the_calls_of_clients(text: str, names: list[str]) -> None:
    reader = formless()
    reader.read(text.encode(), "/a.js")

    assert [one.name for one in reader.shipped.tables] == names


def test_a_reader_that_asks_for_the_calls_of_one_client_gets_their_tables_alone() -> None:
    reader = formless()
    reader.read(b'x.from("orders");pb.collection("rooms")', "/a.js")

    told = {call: [one.name for one in reader.tables_of(frozenset({call}))] for call in ("from", "collection", "other")}

    assert told == {"from": ["orders"], "collection": ["rooms"], "other": []}


def test_documents_of_graphql_are_read_up_to_a_cap_of_bytes_in_one_file() -> None:
    document = "gql`query { first { id }" + " # remark\n" * 400 + "}`;"
    many = document * (MOST_BYTES // len(document) + 2) + "gql`query { last { id } }`"

    assert [one.name for one in read(many).tables] == ["first"]
    assert [one.name for one in read(document + "gql`query { last { id } }`").tables] == ["first", "last"]


def test_what_is_beyond_the_caps_is_counted_and_not_kept() -> None:
    many = " ".join(f'x.from("t{number}")' for number in range(MOST_FINDS + 7))

    found = read(many)

    assert (len(found.tables), found.left_out) == (MOST_FINDS, 7)


@pytest.mark.parametrize("beginning", ["AKIA ", ".from(  ", "sb_secret_ "])
def test_a_text_made_of_beginnings_is_given_up_at_the_cap(beginning: str) -> None:
    kind = next(secret for secret in SECRETS.values() if secret.startswith("AKIA"))

    assert not read(
        beginning * (MOST_TRIES + 1) + kind if beginning == "AKIA " else beginning * (MOST_TRIES + 1)
    ).secrets


@given(st.binary(max_size=400), st.sampled_from(sorted(SECRETS)))
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_the_reader_fail(noise: bytes, kind: str) -> None:
    reader = ShippedReader(FORMS, key=b"ours")
    reader.read(noise + SECRETS[kind][: len(noise)].encode() + noise, "/a.js")

    assert isinstance(reader.shipped, ShippedFindings)
