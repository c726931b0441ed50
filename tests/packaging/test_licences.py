"""Every library that LeakGuard brings has a licence that the register allows, and the list of parts names it."""

from __future__ import annotations

import json
import re
import uuid
from importlib.metadata import PackageMetadata, distributions
from itertools import chain

import pytest

from making.lock import LOCK, versions
from making.pins import files_of, locked
from making.places import epoch
from making.sbom import licences, sbom

pytestmark = pytest.mark.untraced

REGISTER = licences()
ASKING_MORE = ("GPL", "MPL", "OFL", "EUPL", "CDDL", "EPL")


def parts(expression: str) -> set[str]:
    return set(re.split(r"\s+(?:OR|AND)\s+|[()]", expression)) - {""}


def test_every_locked_library_has_a_licence_that_is_allowed() -> None:
    register = REGISTER["packages"]

    assert set(register) == set(versions(LOCK)), "packaging/licences.toml names each library of pylock.toml"
    found = {name: parts(licence) - set(REGISTER["allowed"]) for name, licence in register.items()}
    assert {name: left for name, left in found.items() if left} == {}


def test_a_licence_that_asks_for_more_than_a_notice_has_its_reason() -> None:
    used = set(chain.from_iterable(parts(licence) for licence in REGISTER["packages"].values()))

    assert {licence for licence in used if any(word in licence for word in ASKING_MORE)} == set(REGISTER["reasons"])
    assert used == set(REGISTER["allowed"])


def said_by(metadata: PackageMetadata) -> set[str]:
    """What a library says its licence is, as SPDX names; empty where it says nothing that can be read."""
    if expression := metadata["License-Expression"]:
        return parts(expression)
    classifiers = [
        line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or () if line.startswith("License")
    ]
    told = [word for word in (metadata["License"] or "", *classifiers) if word and "\n" not in word]
    return set(chain.from_iterable(REGISTER["spelt"].get(word, parts(word.removesuffix(" License"))) for word in told))


def test_what_the_installed_libraries_say_of_themselves_fits() -> None:
    """For those that are installed here; all of them are where CI installs the lock file."""
    seen = 0
    wrong = {}
    for one in distributions():
        name = re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower()
        said = said_by(one.metadata)
        if name in REGISTER["packages"] and said:
            seen += 1
            if not parts(REGISTER["packages"][name]) & said:
                wrong[name] = said
    assert wrong == {}
    assert seen


def test_the_list_of_parts_has_every_library_with_version_licence_and_hashes() -> None:
    document = json.loads(sbom(locked(LOCK)))

    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert uuid.UUID(document["serialNumber"].removeprefix("urn:uuid:")).version == 5
    assert {part["name"]: part["version"] for part in document["components"]} == versions(LOCK)
    by_name = {package["name"]: package for package in locked(LOCK)}
    for part in document["components"]:
        assert part["licenses"] == [{"expression": REGISTER["packages"][part["name"]]}]
        sums = {one["hashes"][0]["content"] for one in part["externalReferences"]}
        assert sums == {file["hashes"]["sha256"] for file in files_of(by_name[part["name"]])}
    refs = {part["bom-ref"] for part in document["components"]}
    assert set(document["dependencies"][0]["dependsOn"]) == refs


def test_the_list_of_parts_is_the_same_for_the_same_commit() -> None:
    assert sbom(locked(LOCK)) == sbom(locked(LOCK))
    assert json.loads(sbom(locked(LOCK)))["metadata"]["timestamp"].startswith("20")
    assert epoch() > 0


def test_the_list_of_parts_is_what_the_published_schema_allows() -> None:
    """The schema of CycloneDX, as its own library brings it."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  (it takes its time to load)
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415  (as above)

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom(locked(LOCK))) is None
