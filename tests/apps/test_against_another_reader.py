"""Packages read by another reader as well, which was written by others: where both read a manifest, they agree."""

from __future__ import annotations

from pathlib import Path
from random import Random  # noqa: TID251  (its seed is the argument)

import apk_info
import pytest

from apps.rules_that_ship import rules
from leakguard.apps.package import read_package
from leakguard.apps.values import AppFacts
from leakguard.shipped.reader import formless
from support.app_packages import manifest, to_axml, uses, zipped

pytestmark = pytest.mark.untraced

NAMES = ("CAMERA", "READ_CONTACTS", "ACCESS_FINE_LOCATION", "READ_SMS", "INTERNET", "com.example.OWN")


def facts(data: bytes) -> AppFacts:
    return read_package(data, rules().sdk_names, formless())


def test_both_readers_say_the_same_of_many_packages(tmp_path: Path) -> None:
    chance = Random(7)  # noqa: S311  (a choice of cases, not a secret)
    for number in range(40):
        asked = chance.sample(NAMES, chance.randint(0, len(NAMES)))
        root = manifest(
            *asked, uses("RECORD_AUDIO", maxSdkVersion=28), sdk=(chance.randint(16, 23), chance.randint(23, 36))
        )
        made = tmp_path / f"{number}.apk"
        made.write_bytes(zipped({"AndroidManifest.xml": to_axml(root, is_utf8=number % 2 == 0), "resources.arsc": b""}))

        other, ours = apk_info.APK(str(made)), facts(made.read_bytes())

        assert sorted(each.name for each in ours.permissions) == sorted(other.get_permissions())
        assert (ours.package, ours.version) == (other.get_package_name(), other.get_version_name())
        assert ours.target_sdk == int(other.get_target_sdk_version())


def test_whatever_is_changed_in_a_manifest_neither_finds_what_the_other_misses(tmp_path: Path) -> None:
    """Where we read a manifest to its end, the other reader finds no permission in it that we did not.

    What it makes of values that are no text is left out: Android takes them for no name.
    """
    full = {name if "." in name else f"android.permission.{name}" for name in NAMES}
    chance = Random(11)  # noqa: S311  (as above)
    whole = to_axml(manifest(*NAMES))
    both = 0
    for number in range(150):
        at = chance.randrange(8, len(whole))
        changed = whole[:at] + chance.randbytes(chance.randint(1, 3)) + whole[at:][3:]
        made = tmp_path / f"{number}.apk"
        made.write_bytes(zipped({"AndroidManifest.xml": changed[: len(whole)].ljust(len(whole), b"\0")}))
        ours = facts(made.read_bytes())
        try:
            other = set(apk_info.APK(str(made)).get_permissions())
        except apk_info.APKError:
            continue
        if not ours.unread:
            both += 1
            assert other & full <= {each.name for each in ours.permissions}, number

    assert both
