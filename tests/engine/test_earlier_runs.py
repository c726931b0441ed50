"""What a scan takes from earlier runs: all that is about its plan, nothing else of what the store holds."""

from __future__ import annotations

import pytest

from leakguard.engine.earlier_runs import FEW, EarlierRuns, earlier_at, gathered
from leakguard.models.findings import Outcome, Size
from leakguard.models.glances import CheckHistory
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.plan_scan import plan_scan
from support.memory_store import MemoryStore
from support.scans import NOW, finding_of, scope_of

CHECK = "elasticsearch_open"
NAMES = {"mail.example.edu": ("127.0.0.1", "127.0.0.2")}
SCOPE = scope_of("127.0.0.0/16", "::1/128", "mail.example.edu", "gone.example.edu")


def plan_of(*targets: str) -> Plan:
    return plan_scan(
        [parse_target(text) for text in targets], SCOPE, ports=(9200,), resolve=lambda name: NAMES.get(name, ())
    )


def store_with(*places: str) -> MemoryStore:
    """Each was open once."""
    store = MemoryStore(lambda: NOW)
    found = [finding_of(id=f"F-{number}", address=place) for number, place in enumerate(places) if "." in place[-4:]]
    found += [finding_of(id=f"F-n{number}", host=place) for number, place in enumerate(places) if "edu" in place]
    found += [finding_of(id=f"F-6{number}", address=place) for number, place in enumerate(places) if ":" in place]
    store.save_findings("R-20261124-aaaaaa", [one for one in found if "edu" not in one.address], {})
    return store


def known_places(earlier: EarlierRuns) -> set[str]:
    return {place for _, place in earlier.first_open_at}


@pytest.mark.parametrize(
    ("targets", "known"),
    [
        (["127.0.0.1"], {"127.0.0.1:9200"}),
        (["127.0.0.1", "::1"], {"127.0.0.1:9200", "[::1]:9200"}),
        (["mail.example.edu"], {"mail.example.edu:9200"}),
        (["http://127.0.0.1:9200/"], {"127.0.0.1:9200"}),
        (["127.0.0.0/24"], {"127.0.0.1:9200"}),
        (["127.0.0.0/24", "mail.example.edu"], {"127.0.0.1:9200", "mail.example.edu:9200"}),
        (["127.0.0.0/16"], {"127.0.0.1:9200", "127.0.9.1:9200"}),
        (["gone.example.edu", "127.0.0.0/24"], {"127.0.0.1:9200"}),
        ([], {"127.0.0.1:9200", "127.0.9.1:9200", "[::1]:9200", "mail.example.edu:9200"}),
    ],
)
def test_a_plan_knows_what_was_seen_at_its_names_and_addresses(targets: list[str], known: set[str]) -> None:
    store = store_with("127.0.0.1", "127.0.9.1", "::1", "mail.example.edu", "other.example.edu")

    assert known_places(earlier_at(plan_of(*targets), store)) == known


def test_few_hosts_are_asked_for_by_name_and_many_are_not() -> None:
    assert plan_of("127.0.0.0/28").hosts(FEW) == tuple(f"127.0.0.{number}" for number in range(16))
    assert plan_of("127.0.0.0/28", "127.0.0.3", "::1", "mail.example.edu").hosts(18) == (
        "mail.example.edu", *(f"127.0.0.{number}" for number in range(16)), "::1",
    )  # fmt: skip
    assert plan_of("127.0.0.0/28", "mail.example.edu").hosts(FEW) == ()
    assert plan_of("127.0.0.0/16").hosts(FEW) == ()


def test_the_first_sight_is_the_earliest_and_the_size_the_largest_at_all_addresses_of_a_name() -> None:
    may, june = NOW.replace(month=5), NOW.replace(month=6)
    key = (CHECK, "mail.example.edu:9200")

    earlier = gathered([CheckHistory(*key, "127.0.0.1:9200 (mail.example.edu)", june, 5),
                        CheckHistory(*key, "127.0.0.2:9200 (mail.example.edu)", may, 3),
                        CheckHistory(*key, "127.0.0.3:9200 (mail.example.edu)", None, 9)])  # fmt: skip

    assert earlier.first_open_at == {key: may}
    assert earlier.most_records == {key: 9}
    assert earlier.once_open == {f"127.0.0.{number}:9200 (mail.example.edu)" for number in (1, 2)}


def test_the_most_that_was_ever_seen_of_a_store_is_remembered() -> None:
    """A store that was emptied two runs ago has not been small for ever."""
    store = MemoryStore(lambda: NOW)
    sizes = (Size(records=41_000), Size(records=1), Size(bytes=7), None)
    store.save_findings("R-1", [finding_of(id=f"F-{number}", size=size) for number, size in enumerate(sizes)], {})

    assert earlier_at(plan_of("127.0.0.1"), store).most_records == {(CHECK, "127.0.0.1:9200"): 41_000}


def test_what_was_never_open_has_no_first_sight() -> None:
    store = MemoryStore(lambda: NOW)
    earlier, later = finding_of(id="F-1", observed_at=NOW.replace(month=5)), finding_of(id="F-2")
    protected = finding_of(Outcome.NOT_EXPOSED, id="F-3", check_id="other")
    store.save_findings("R-1", [later, earlier, protected], {})

    known = earlier_at(plan_of("127.0.0.1"), store)

    assert known.first_open_at == {(CHECK, "127.0.0.1:9200"): NOW.replace(month=5)}
    assert known.once_open == {"127.0.0.1:9200"}
