"""The table `[reports.form]`: what it takes, and every problem named at once."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.errors import BadFile
from leakguard.intake.settings import report_settings
from leakguard.models.report_settings import FormSettings
from support.each import for_each


def test_what_the_table_says_is_taken_and_what_it_leaves_out_has_its_usual_value() -> None:
    found = report_settings({"form": {"bind": "127.0.0.2", "port": 8099, "hosts": ["a.example"]}}, name="x.toml").form

    assert (found.bind, found.port, found.hosts) == ("127.0.0.2", 8099, ("a.example",))
    assert found.each_hour == FormSettings().each_hour


@for_each(
    ("form", "text"),
    [
        ("127.0.0.1", "must be a table: [reports.form]"), ({"prot": 1}, "unknown setting"),
        ({"hosts": "a.example"}, "must be a list of texts"), ({"hosts": [1]}, "must be a list of texts"),
        ({"port": 0}, "must be a whole number from 1 to 65,535"), ({"port": True}, "must be a whole number from 1"),
        ({"port": 65_536}, "must be a whole number from 1 to 65,535"), ({"bind": 1}, "must be a text in quotes"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_name(form: Any, text: str) -> None:  # noqa: ANN401  (a file holds anything)
    with pytest.raises(BadFile) as caught:
        report_settings({"form": form}, name="x.toml")

    assert text in str(caught.value)


def test_every_wrong_value_of_all_tables_is_named_at_once() -> None:
    table = {"form": {"prot": 1, "bind": 2}, "imap": "x", "keep_months": 0, "promises": [], "contact": 1, "imapp": []}
    with pytest.raises(BadFile) as caught:
        report_settings(table, name="x.toml")

    assert {one.where for one in caught.value.problems} == {
        "reports.form.prot", "reports.form.bind", "reports.imap", "reports.keep_months", "reports.promises",
        "reports.contact", "reports.imapp",
    }  # fmt: skip
    assert [one.nearest for one in caught.value.problems if one.where == "reports.form.prot"] == ["port"]
