"""Every duty of the book is held to lines of its own, on both sides, in a table beside this file or a file of cases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from leakguard.files.yaml_text import read_yaml
from support.law_cases import case_files
from support.notices import book

pytestmark = pytest.mark.untraced

LISTS = ("exposure_alone", "access_is_needed", "acquisition_is_needed", "another_fact_decides", "dormant")


def table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(Path(__file__).with_name(name).read_text(encoding="utf-8"), name=name).value
    return found


TABLES = {name: table(name) for name in ("boundaries_europe_asia.yaml", "boundaries_world.yaml")}


def test_every_duty_stands_in_one_of_the_tables_and_each_of_theirs_is_in_the_book() -> None:
    """A duty without a line there is tested on neither side of any limit; one that is lost from the book shows here."""
    listed = Counter(duty for found in TABLES.values() for name in LISTS for duty in found.get(name, ()))
    listed += Counter(duty for file in case_files().values() for duty in file["items"])
    ships = {duty.id for duty in book().duties}

    assert ships - listed.keys() == set(), "give each a file of cases"
    assert set(listed) - ships == set()
    assert [duty for duty, times in listed.items() if times > 1] == []
