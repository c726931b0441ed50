"""Before the facts are known, an incident shows the clocks of the laws that may reach the organisation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import UsageProblem
from leakguard.notices.book import load_duties
from leakguard.settings import Settings
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE, Reach, incident_rules
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.wiring import Wiring
from support.memory_store import MemoryStore

NOW = datetime(2026, 5, 24, tzinfo=UTC)


@pytest.fixture
def store() -> MemoryStore:
    kept = MemoryStore(now=lambda: NOW)
    open_incident(kept, (), now=NOW, title="Mail log open", zone="Asia/Shanghai")
    return kept


def shown(store: MemoryStore, reach: Reach) -> set[str]:
    return {rule.id for rule in incident_rules(BundledFiles(), store, "IR-2026-0001", reach)}


def test_an_organisation_of_china_and_europe_sees_the_plain_duties_of_both(store: MemoryStore) -> None:
    ids = shown(store, Wiring(Settings(country="CN, DE")).reach)

    assert {"remediate", "cn-pipl-57-authority.initial", "cn-cac-incident-general.initial"} <= ids
    assert {"eu-gdpr-33-authority.initial", "eu-gdpr-34-individuals.initial"} <= ids
    assert not {one for one in ids if one.startswith(("us-", "in-", "cn-cac-incident-cii", "eu-dora"))}


def test_empty_settings_show_every_duty_that_is_law(store: MemoryStore) -> None:
    everything = shown(store, Wiring(Settings(laws="", obligated_as="")).reach)

    assert everything == shown(store, EVERYWHERE)
    assert {one for one in everything if one.startswith("us-")}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(laws="cn, gb"), "leakguard.toml: laws: no duty knows `gb`"),
        (Settings(laws="cn, gb", laws_by="--laws"), "^--laws: no duty knows `gb`"),
        (Settings(laws="cn, gb", laws_by="LEAKGUARD_LAWS"), "^LEAKGUARD_LAWS: no duty knows `gb`"),
        (Settings(country="DE", obligated_as="controler"), "obligated_as: no duty knows `controler`"),
    ],
)
def test_a_word_that_no_duty_knows_is_refused(store: MemoryStore, settings: Settings, expected: str) -> None:
    """Else the clocks of Britain, whose duties begin with `uk`, were watched by nobody, and nobody was told."""
    with pytest.raises(UsageProblem, match=expected) as caught:
        shown(store, Wiring(settings).reach)

    assert ("uk, us" if "gb" in expected else "controller, covered_entity") in caught.value.next_step


def test_a_contract_is_always_near() -> None:
    """Its id begins with a longer word than a country's code."""
    duty = next(duty for duty in load_duties(BundledFiles()).duties if "processor" in duty.obligated)
    contract = duty.model_copy(update={"id": "acme-hosting-24h", "obligated": ("processor",)})

    assert Reach(laws=frozenset({"cn"})).covers(contract)
    assert not Reach(laws=frozenset({"cn"}), obligated_as=frozenset({"controller"})).covers(contract)
