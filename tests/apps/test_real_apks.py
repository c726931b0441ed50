"""Real packages, read as Android's own reader reads them, and judged as was written before."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.rules_that_ship import rules
from leakguard.apps.definitions import Need
from leakguard.apps.judging import judge_app
from leakguard.apps.package import read_package
from leakguard.apps.values import AppFacts
from leakguard.cli.main import run
from leakguard.shipped.reader import formless
from support.app_packages import apk, manifest, zipped
from support.commands import command_line
from support.real_apks import aapt2, permissions_by_aapt2, real_apks

pytestmark = pytest.mark.long

EXPECTED: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "expected_verdicts.yaml").read_text(encoding="utf-8")
)


def facts(data: bytes) -> AppFacts:
    return read_package(data, rules().sdk_names, formless())


def verdict(found: AppFacts, category: str) -> dict[str, set[str]]:
    judged = judge_app(found, rules().categories[category], rules())
    needs = (Need.UNRELATED, Need.EXPLAINABLE, Need.NEEDED)
    return {need.value: {one.access.id for one in judged.with_need(need)} for need in needs if judged.with_need(need)}


def expected(name: str, category: str) -> dict[str, set[str]]:
    return {need: set(accesses) for need, accesses in EXPECTED[name]["verdicts"][category].items()}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_package_is_read_as_aapt2_reads_it_and_judged_as_was_written_before(name: str) -> None:
    package = real_apks()[name]
    oracle = permissions_by_aapt2(package)

    found = facts(package.read_bytes())

    assert len(oracle) == EXPECTED[name]["permissions"]
    assert [each.name for each in found.permissions] == oracle
    assert (found.package, found.target_sdk) == (EXPECTED[name]["package"], EXPECTED[name]["target_sdk"])
    assert found.unread == ()
    for category in EXPECTED[name]["verdicts"]:
        assert verdict(found, category) == expected(name, category), category


@pytest.mark.parametrize("name", EXPECTED)
def test_the_same_app_as_a_bundle_is_judged_the_same(name: str, tmp_path: Path) -> None:
    """The protocol buffer is made by Android's own tool out of the package."""
    package = real_apks()[name]
    aapt2("convert", "--output-format", "proto", "-o", tmp_path / "proto.apk", package)
    with zipfile.ZipFile(tmp_path / "proto.apk") as archive:
        compiled = archive.read("AndroidManifest.xml")

    found = facts(zipped({"base/manifest/AndroidManifest.xml": compiled}))

    assert found.kind == "aab"
    assert [each.name for each in found.permissions] == permissions_by_aapt2(package)
    assert found.target_sdk == EXPECTED[name]["target_sdk"]
    for category in EXPECTED[name]["verdicts"]:
        assert verdict(found, category) == expected(name, category), category


def test_a_package_that_we_made_is_read_by_aapt2_as_we_meant_it(tmp_path: Path) -> None:
    """Else the tests that make their packages would prove nothing of real ones."""
    made = tmp_path / "made.apk"
    made.write_bytes(apk(manifest("CAMERA", "READ_CONTACTS", "ACCESS_FINE_LOCATION")))

    assert permissions_by_aapt2(made) == [each.name for each in facts(made.read_bytes()).permissions]
    assert aapt2("dump", "packagename", made).strip() == "cn.example.jobs"


def test_a_batch_of_real_and_made_packages_says_how_many_ask_for_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    leakguard = command_line(tmp_path, monkeypatch, capsys)
    rows = [(str(real_apks()[name]), category) for name in EXPECTED for category in EXPECTED[name]["verdicts"]]
    for name, category in (("zhaopin.apk", "recruiting"), ("baihe.apk", "dating")):
        asked = ("CAMERA", "ACCESS_FINE_LOCATION", "READ_CONTACTS") if category == "recruiting" else ("READ_CONTACTS",)
        (tmp_path / name).write_bytes(apk(manifest(*asked)))
        rows.append((name, category))
    (tmp_path / "apps.csv").write_text(
        "file,category\n" + "".join(f"{file},{name}\n" for file, name in rows), encoding="utf-8"
    )
    more = sum("unrelated" in found for each in EXPECTED.values() for found in each["verdicts"].values()) + 2

    ran = leakguard("app", "check", "--list", "apps.csv")

    assert ran.code == 1
    assert f"{more} of {len(rows)} apps ask for more than the category needs." in ran.err


def test_what_a_bundle_of_a_real_app_ships_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real package of eighteen megabytes with a real key in its code, which nothing prints."""
    monkeypatch.chdir(tmp_path)
    package = real_apks()["appium-uiautomator2-server-v10.6.6.apk"]

    assert run(["app", "check", str(package), "--category", "tools", "--json", "-o", "found.json"]) == 1
    text = (tmp_path / "found.json").read_text(encoding="utf-8")
    assert '"kind": "private_key", "where": "classes.dex"' in text
    assert "PRIVATE KEY-----" not in text


def test_a_real_package_that_is_cut_anywhere_is_refused_or_not_checked() -> None:
    whole = real_apks()["settings_apk-debug.apk"].read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        compiled = archive.read("AndroidManifest.xml")

    for length in range(0, len(compiled) - 4, 997):
        found = facts(zipped({"AndroidManifest.xml": compiled[:length]}))
        assert found.permissions == ()
        assert found.unread[0].concerns == ("permissions",), length
