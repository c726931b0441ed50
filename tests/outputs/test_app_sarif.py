"""Checked apps as SARIF, held to the schema that OASIS published."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from apps.rules_that_ship import rules
from leakguard.outputs.app_sarif import apps_sarif
from leakguard.shipped.reader import formless
from leakguard.use_cases.apps.check_apps import check_apps, wanted_apps
from outputs.test_exchange_formats import sarif_schema
from support.app_packages import apk, ipa, manifest
from support.ledgers import START


def test_a_file_whose_name_is_no_utf8_is_named_by_its_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff.apk")
    (tmp_path / name).write_bytes(b"")
    checked = check_apps(
        wanted_apps([str(tmp_path / name)], "recruiting", None, rules()), rules(), formless, lambda _: None
    )
    (result,) = apps_sarif(checked, made_at=START)["runs"][0]["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("/a%FF.apk")
    assert json.loads(json.dumps(result).encode()) == result


@pytest.mark.lab
def test_checked_apps_are_sarif_as_oasis_published_it(tmp_path: Path) -> None:
    made = {
        "jobs and more.apk": apk(manifest("CAMERA", "READ_CONTACTS"), {"classes.dex": b""}), "none.apk": b"",
        "chat.ipa": ipa({"NSCameraUsageDescription": ""}),
    }  # fmt: skip
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    files = [str(tmp_path / name) for name in made]

    checked = check_apps(wanted_apps(files, "recruiting", None, rules()), rules(), formless, lambda _: None)
    document = apps_sarif(checked, made_at=START)

    assert [error.message for error in Draft7Validator(sarif_schema()).iter_errors(document)] == []
    assert {one["ruleId"] for one in document["runs"][0]["results"]} >= {"app_access_unrelated", "app_not_checked"}
