"""Public keys of pages: those of a public form alone, beside the backend's name, and none in what is shown of them."""

from __future__ import annotations

import base64
import json
import re

from leakguard.shipped.public_keys import KeyFinder, OwnWords
from leakguard.shipped.reader import ShippedReader
from shipped.test_reading import shipping

FORMS = shipping()
REF = "abcdefghijklmnopqrst"
HOST = f"{REF}.supabase.co"


def finder() -> KeyFinder:
    return KeyFinder(ShippedReader(FORMS, key=b"ours"), site="https://app.example.edu", names=(HOST,))


def token(role: str, ref: str) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, {"role": role, "ref": ref})]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "s" * 43])


def publishable(number: int) -> str:
    return f"sb_publishable_{number:024d}"


def test_the_key_that_names_the_project_is_taken_before_one_that_only_stands_beside_it() -> None:
    found = finder()
    own, other = token("anon", REF), token("anon", "z" * 20)
    found.read(f'u="https://{HOST}";a="{other}";b="{publishable(1)}";c="{own}"'.encode(), "/a.js")

    key = found.key_for(REF)

    assert key is not None
    assert (key.value, key.where, key.kind) == (own, "https://app.example.edu/a.js", "supabase_anon_key")
    assert own not in repr((key, key.shipped_key))
    assert key.shipped_key.mark
    assert found.shipped.backends[0].entry == f"supabase://{REF}"


def test_a_key_in_the_file_that_names_the_backend_is_taken_before_one_elsewhere() -> None:
    found = finder()
    found.read(f'k="{publishable(1)}"'.encode(), "/a.js")
    found.read(f'u="https://{HOST}";k="{publishable(2)}"'.encode(), "/b.js")

    key = found.key_for("")

    assert key is not None
    assert key.value == publishable(2)


def test_a_page_that_does_not_name_the_backend_or_has_another_projects_key_alone_gives_none() -> None:
    silent, foreign = finder(), finder()
    silent.read(f'k="{publishable(1)}"'.encode(), "/a.js")
    foreign.read(f'u="https://{HOST}";k="{token("anon", "z" * 20)}"'.encode(), "/a.js")

    assert silent.key_for("") is None
    assert foreign.key_for(REF) is None


def test_no_more_than_a_few_keys_of_one_page_are_held() -> None:
    found = finder()
    found.read(f"https://{HOST} {' '.join(map(publishable, range(40)))}".encode(), "/a.js")
    found.read(publishable(99).encode(), "/b.js")

    key = found.key_for("")

    assert key is not None
    assert key.value == publishable(0)
    assert len(found._keys) == 20  # noqa: SLF001  (what nobody is shown)


def finder_of_calls() -> KeyFinder:
    words = OwnWords(
        calls=(b".from(",), names=re.compile(rb'\.from\("([a-z0-9]+)"'),
        columns=re.compile(rb'\.from\("([a-z0-9]+)"\)\.select\("([^"]*)"\)'),
    )  # fmt: skip
    return KeyFinder(ShippedReader(FORMS, key=b"ours"), site="https://a", names=(HOST,), words=words)


def test_no_more_tables_than_a_page_may_name_are_kept_with_their_columns() -> None:
    """A script repeats calls without end, some of them with a variable in the place of a name."""
    found = finder_of_calls()

    for part in range(0, 600, 100):
        calls = "".join(f'.from(x).from("t{number}").select("id,name")' for number in range(part, part + 100))
        found.read(calls.encode(), f"/{part}.js")

    assert len(found.columns) == len(found.tables) == 500
    assert found.columns["t0"] == ("id", "name")


def test_a_source_map_names_no_table_since_the_comments_in_it_are_full_of_examples() -> None:
    found = finder_of_calls()

    found.read(b'.from("example").select("id")', "/app.js.map")

    assert (found.tables, found.columns) == ((), {})
