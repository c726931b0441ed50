"""The forms of secrets and backends: read from the files that ship, and refused where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.errors import BadFile
from leakguard.shipped.forms import ShippedForms
from leakguard.shipped.reading import BACKENDS, SECRETS, parse_forms

FOLDER = Path(__file__).parents[2] / "shipped"
SECRET = """
- id: own_key
  title: A key of ours
  starts: [own_]
  form: 'own_[a-z]{4}'
  opens: everything
  replace: Make another.
  source: https://example.org/keys
  verified_on: 2026-11-30
"""
BACKEND = """
- id: own_backend
  title: A backend of ours
  contains: [.backend.example]
  form: '(?P<name>[a-z]{4})\\.backend\\.example'
  entry: 'own://{name}'
  advice: Close it.
  source: https://example.org/backends
  verified_on: 2026-11-30
"""


def shipping() -> ShippedForms:
    return parse_forms({name: (FOLDER / name).read_text(encoding="utf-8") for name in (SECRETS, BACKENDS)})


def parsed(secrets: str = SECRET, backends: str = BACKEND) -> ShippedForms:
    return parse_forms({SECRETS: f"version: 1\nsecrets:{secrets}", BACKENDS: f"version: 1\nbackends:{backends}"})


def test_every_form_that_ships_has_its_source_and_begins_with_what_is_looked_for() -> None:
    forms = shipping()

    sources = [one.source for one in forms.secrets] + [one.source for one in forms.backends]
    assert all(source.startswith("https://") for source in sources)
    assert len({one.id for one in forms.secrets}) == len(forms.secrets)


@pytest.mark.parametrize(
    ("secrets", "backends", "wrong"),
    [
        (SECRET + SECRET, BACKEND, "`own_key` stands there twice"),
        (SECRET, BACKEND + BACKEND, "`own_backend` stands there twice"),
        (SECRET.replace("'own_[a-z]{4}'", "'own_['"), BACKEND, "no regular expression"),
        (SECRET, BACKEND.replace("{name}'", "{place}'"), "names `place`, which its form does not give"),
        (SECRET.replace("own_]", "ow]"), BACKEND, "at least 3"),
    ],
)
def test_a_file_of_forms_that_is_wrong_is_refused_by_name(secrets: str, backends: str, wrong: str) -> None:
    assert parsed().secrets[0].id == "own_key"

    with pytest.raises(BadFile, match=r"\.yaml") as refused:
        parsed(secrets, backends)

    assert wrong in str(refused.value)
