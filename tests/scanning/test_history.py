"""The history of what was ever open: one standing a place, whatever came in between."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.engine.examination import EndpointStatus
from leakguard.frozen import replace
from leakguard.models.findings import Finding, Outcome, Size
from leakguard.scanning.diff import EXPOSURES, STILL, Change, ChangeKind
from leakguard.scanning.exposure_summary import traits_of
from leakguard.scanning.history import History
from leakguard.scanning.history_state import FORMAT, history_from, state_of
from leakguard.scanning.place_status import PlaceStanding
from leakguard.scanning.sightings import (
    RunFacts,
    SightingCollector,
    Sightings,
    is_kept_by_host,
    spot_of,
    worst_standings,
)
from leakguard.scanning.targets import parse_target
from support.looking import looks
from support.scans import NOW, finding_of

CLUSTER = "aZ3kQ9-cluster-uuid"
HERE, THERE = "127.0.0.1:9200", "127.0.0.2:9200"


class Store:
    """A history that is told run after run."""

    def __init__(self) -> None:
        self.history = History()
        self.runs = 0

    def run(self, *findings: Finding, vantage: str = "local", **more: Any) -> list[tuple[str, str]]:  # noqa: ANN401  (of `looks`)
        """One run; returns kind and target of every change."""
        return [(change.kind.value, change.target) for change in self.changes(*findings, vantage=vantage, **more)]

    def changes(self, *findings: Finding, vantage: str = "local", **more: Any) -> tuple[Change, ...]:  # noqa: ANN401  (as above)
        self.runs += 1
        run = f"R-{self.runs}"
        seen = [replace(finding, run=run, vantage=vantage, id=f"F-{run}-{n}") for n, finding in enumerate(findings)]
        facts = more.pop("facts", RunFacts(run=run, vantage=vantage))
        return self.history.fold(looks(self.history, *seen, facts=facts, **more))

    def standing(self, target: str = HERE) -> PlaceStanding:
        return self.history.standings()["elasticsearch_open", target]


def opened(target: str = HERE, **fields: Any) -> Finding:  # noqa: ANN401  (a finding's own fields)
    return finding_of(target=target, **fields)


def locked(target: str = HERE, **fields: Any) -> Finding:  # noqa: ANN401  (as above)
    return finding_of(Outcome.NOT_EXPOSED, target=target, **fields)


def test_a_place_is_new_once_and_re_exposed_after_it_was_seen_closed() -> None:
    store = Store()

    assert store.run(opened()) == [("new", HERE)]
    assert store.run(opened()) == []
    assert store.run(locked()) == [("closed", HERE)]
    assert store.run(locked()) == []
    assert store.run(opened()) == [("re_exposed", HERE)]


def test_a_closure_of_long_ago_is_remembered() -> None:
    """Runs that look elsewhere in between change nothing."""
    store = Store()
    store.run(opened())
    store.run(done={HERE: "closed"})
    for _ in range(3):
        assert store.run(done={THERE: "closed"}) == []

    assert store.run(opened()) == [("re_exposed", HERE)]


def test_after_a_silence_it_is_still_open_and_never_re_exposed() -> None:
    store = Store()
    store.run(opened())

    assert store.run(done={HERE: "silent"}) == [("unknown", HERE)]
    assert store.run(done={HERE: "not_checked"}) == []
    assert store.standing() is PlaceStanding.UNKNOWN
    assert store.run(opened()) == [("still_open", HERE)]


def test_a_silence_after_a_closure_takes_nothing_back() -> None:
    store = Store()
    store.run(opened())
    store.run(locked())

    assert store.run(done={HERE: "silent"}) == []
    assert store.standing() is PlaceStanding.CLOSED


def test_a_silence_can_be_followed_by_a_closure() -> None:
    store = Store()
    store.run(opened())
    store.run(done={HERE: "silent"})

    assert store.run(done={HERE: "closed"}) == [("closed", HERE)]


def test_a_place_that_a_run_did_not_look_at_stands_as_before() -> None:
    store = Store()
    store.run(opened())

    assert store.run(opened(THERE)) == [("new", THERE)]
    assert store.standing() is PlaceStanding.OPEN


def test_every_vantage_that_saw_it_open_has_to_see_it_closed() -> None:
    store = Store()
    store.run(opened(), vantage="campus")
    (also,) = store.changes(opened(), vantage="outside")

    assert (also.kind, also.fields) == (ChangeKind.CHANGED, ("vantage",))
    assert store.run(locked(), vantage="campus") == []
    assert set(store.history.open_spots(("elasticsearch_open", HERE))) == {(HERE, "outside")}
    assert store.run(done={HERE: "closed"}, vantage="outside") == [("closed", HERE)]
    assert store.history.open_spots(("elasticsearch_open", HERE)) == {}


def test_of_a_place_that_nobody_saw_open_no_vantage_is_missing() -> None:
    assert History().open_spots(("elasticsearch_open", HERE)) == {}


def test_checks_that_were_not_asked_say_nothing_but_a_closed_port_does() -> None:
    store = Store()
    store.run(opened())
    other = RunFacts(run="R-9", checks=frozenset({"redis_open"}))

    assert store.run(done={HERE: "protected"}, facts=other) == []
    assert store.run(done={HERE: "silent"}, facts=other) == []
    assert store.run(done={HERE: "closed"}, facts=other) == [("closed", HERE)]


def named(address: str, outcome: Outcome = Outcome.EXPOSED) -> Finding:
    return finding_of(outcome, target="mail.example.edu:9200", address=address)


def facts_of(*targets: str, run: str = "R-7") -> RunFacts:
    return RunFacts(run=run, targets=tuple(parse_target(target) for target in targets), ports=(9200,))


@pytest.mark.parametrize(
    ("targets", "changes"),
    [
        (("mail.example.edu",), [("unknown", "mail.example.edu:9200")]),
        (("mail.example.edu:9200",), [("unknown", "mail.example.edu:9200")]),
        (("mail.example.edu:443",), []),
        (("www.example.edu", "127.0.0.0/24"), []),
    ],
)
def test_a_name_that_leads_elsewhere_now_is_unknown(targets: tuple[str, ...], changes: list[tuple[str, str]]) -> None:
    """The open server may be as open as before, under an address that nobody asked."""
    store = Store()
    store.run(named("127.0.0.5"))
    moved = {"127.0.0.6:9200 (mail.example.edu)": "closed"}

    assert store.run(done=moved, facts=facts_of(*targets), is_finished=False) == []
    assert store.run(done=moved, facts=facts_of(*targets)) == changes


def test_a_name_is_closed_once_each_address_that_was_open_is() -> None:
    store = Store()
    store.run(named("127.0.0.5"), named("127.0.0.6"))

    assert store.run(named("127.0.0.5", Outcome.NOT_EXPOSED), named("127.0.0.6")) == []
    assert store.run(done={"127.0.0.6:9200 (mail.example.edu)": "closed"}) == [("closed", "mail.example.edu:9200")]


def test_one_more_open_address_of_a_name_is_told() -> None:
    store = Store()
    store.run(named("127.0.0.5"))

    (change,) = store.changes(named("127.0.0.5"), named("127.0.0.6"))

    assert (change.kind, change.fields) == (ChangeKind.CHANGED, ("address",))


def bucket(
    outcome: Outcome = Outcome.EXPOSED, address: str = "127.0.0.1", host: str = "files.example.edu:443"
) -> Finding:
    return finding_of(outcome, target=f"{host}/campus", address=address, datastore="s3")


def test_a_bucket_is_itself_at_any_address_of_its_provider() -> None:
    store, host = Store(), "campus.s3.amazonaws.com:443"
    store.run(bucket(address="127.0.0.1", host=host))

    assert store.run(bucket(address="127.0.0.2", host=host)) == []
    assert store.run(bucket(Outcome.NOT_EXPOSED, "127.0.0.3", host)) == [("closed", f"{host}/campus")]


def test_a_bucket_of_a_store_of_our_own_is_closed_once_each_address_that_was_open_is() -> None:
    """As in MinIO: the name may lead to another server, and leave the open one as open as before."""
    store, host = Store(), "files.example.edu:9000"
    store.run(bucket(address="127.0.0.1", host=host), bucket(address="127.0.0.2", host=host))

    assert store.run(bucket(Outcome.NOT_EXPOSED, "127.0.0.2", host)) == []
    assert store.run(bucket(Outcome.NOT_EXPOSED, "127.0.0.3", host)) == []
    assert store.run(bucket(Outcome.NOT_EXPOSED, "127.0.0.1", host)) == [("closed", f"{host}/campus")]


def below_a_path(outcome: Outcome = Outcome.EXPOSED, address: str = "127.0.0.5") -> Finding:
    return finding_of(outcome, target="www.example.edu:443/app", address=address)


def test_what_lies_below_a_path_is_closed_once_each_address_that_was_open_is() -> None:
    """Each address may be a server of its own: one that moved to another address may be as open as before."""
    store = Store()
    store.run(below_a_path(address="127.0.0.5"), below_a_path(address="127.0.0.6"))

    assert store.run(below_a_path(Outcome.NOT_EXPOSED, "127.0.0.6")) == []
    assert store.run(below_a_path(Outcome.NOT_EXPOSED, "127.0.0.7")) == []
    assert store.run(below_a_path(Outcome.NOT_EXPOSED, "127.0.0.5")) == [("closed", "www.example.edu:443/app")]


@pytest.mark.parametrize(
    ("fields", "is_kept"),
    [
        ({"target": "campus.s3.amazonaws.com:443/campus", "datastore": "s3"}, True),
        ({"target": "campus.s3.eu-central-1.amazonaws.com:443/campus", "datastore": "s3"}, True),
        ({"target": "s3.eu-central-1.amazonaws.com:443/campus", "datastore": "s3"}, True),
        ({"target": "s3.eu-central-1.amazonaws.com:8443/campus", "datastore": "s3"}, False),
        ({"target": "s3.amazonaws.com.example.edu:443/campus", "datastore": "s3"}, False),
        ({"target": "files.example.edu:443/campus", "datastore": "s3"}, False),
        ({"target": "files.example.edu:443/AUTH_1/campus", "datastore": "swift"}, False),
        ({"target": "abcdefghijklmnopqrst.supabase.co:443/users", "datastore": "postgrest"}, True),
        ({"target": "rest.example.edu:443/users", "datastore": "postgrest"}, False),
        ({"target": "www.example.edu:443/app", "datastore": "mlflow"}, False),
        ({"target": "files.example.edu:443", "datastore": "s3"}, False),
        ({"target": "abcdefghijklmnopqrst.supabase.co:443", "datastore": "http"}, False),
    ],
)
def test_a_provider_keeps_its_objects_wherever_its_host_leads(fields: dict[str, Any], *, is_kept: bool) -> None:
    finding = finding_of(**fields)

    assert is_kept_by_host(finding) is is_kept
    assert spot_of(finding)[0] == (finding.place if is_kept else finding.endpoint)


def test_a_login_elsewhere_on_the_host_says_nothing_about_a_bucket_but_a_closed_port_does() -> None:
    store = Store()
    store.run(bucket())
    key = "127.0.0.1:443 (files.example.edu)/campus"

    assert store.run(done={key: "protected"}) == [("unknown", "files.example.edu:443/campus")]
    assert store.run(done={key: "closed"}) == [("closed", "files.example.edu:443/campus")]


@pytest.mark.parametrize("other", ["exposed", "not_checked", "other", "silent"])
@pytest.mark.parametrize("is_backwards", [False, True])
def test_a_login_below_a_path_closes_nothing_at_the_root(other: str, *, is_backwards: bool) -> None:
    """Of several standings of one endpoint the worst counts, whichever was written last."""
    store = Store()
    store.run(opened())
    done = [(HERE, other), (f"{HERE}/app", "protected"), (f"{HERE}/api", "closed")]

    assert store.run(done=dict(reversed(done) if is_backwards else done)) == [("unknown", HERE)]


def test_the_root_is_closed_once_nothing_that_was_asked_there_answers_without_a_login() -> None:
    store = Store()
    store.run(opened())

    assert store.run(done={HERE: "protected", f"{HERE}/app": "closed"}) == [("closed", HERE)]


@given(standings=st.permutations(list(EndpointStatus)))
def test_every_standing_has_its_rank_for_closure(standings: list[EndpointStatus]) -> None:
    found = worst_standings({f"{HERE}/{number}": standing for number, standing in enumerate(standings)})

    assert found == {HERE: EndpointStatus.EXPOSED}


def test_a_look_at_another_bucket_of_the_host_says_nothing_about_this_one_but_a_closed_port_does() -> None:
    """One store has many buckets, and some providers have one host for many of an account."""
    store = Store()
    store.run(bucket())
    there = "127.0.0.1:443 (files.example.edu)"
    other = facts_of("s3://files.example.edu/other")

    assert store.run(done={f"{there}/other": "protected"}, facts=other) == []
    assert store.run(done={f"{there}/other": "exposed", f"{there}/third": "silent"}, facts=other) == []
    assert store.run(done={there: "protected"}) == [("unknown", "files.example.edu:443/campus")]
    assert store.run(done={f"{there}/other": "closed"}, facts=other) == [("closed", "files.example.edu:443/campus")]


def test_a_bucket_is_unknown_only_where_it_was_to_be_looked_at_and_was_not_met() -> None:
    store = Store()
    store.run(replace(bucket(), host="files.example.edu"))
    at = "s3://files.example.edu:443"

    assert store.run(facts=facts_of(f"{at}/other")) == []
    assert store.run(facts=facts_of(f"{at}/other", f"{at}/campus")) == [("unknown", "files.example.edu:443/campus")]


@pytest.mark.parametrize(
    ("targets", "count"),
    [
        ({"files.example.edu:443/campus"}, 1),
        ({"files.example.edu:443"}, 1),
        ({"files.example.edu:443/other"}, 0),
        ({HERE}, 1),
        ({THERE}, 0),
        ({HERE, "files.example.edu:443"}, 2),
    ],
)
def test_what_was_looked_at_and_is_not_proved_closed_is_counted(targets: set[str], count: int) -> None:
    store = Store()
    store.run(bucket(), opened(), opened(THERE))
    store.run(bucket(Outcome.INCONCLUSIVE), done={THERE: "closed"})

    assert store.history.not_closed_at(targets, {}) == count


def test_a_store_that_opens_elsewhere_after_it_was_closed_is_re_exposed() -> None:
    store = Store()
    store.run(opened(cluster_id=CLUSTER))
    store.run(locked())

    (change,) = store.changes(opened(THERE, cluster_id=CLUSTER, size=Size(records=1)))

    assert (change.kind, change.elsewhere) == (ChangeKind.RE_EXPOSED, (HERE,))


@pytest.mark.parametrize("standing", ["closed", "silent"])
def test_a_store_that_is_gone_here_and_open_there_has_moved(standing: str) -> None:
    store = Store()
    store.run(opened(cluster_id=CLUSTER))

    changes = store.changes(opened(THERE, cluster_id=CLUSTER), done={HERE: standing})

    assert [(change.kind, change.target) for change in changes] == [
        (ChangeKind.MOVED, THERE),
        (ChangeKind.CLOSED if standing == "closed" else ChangeKind.UNKNOWN, HERE),
    ]
    assert changes[0].elsewhere == (HERE,)


def test_a_store_whose_place_has_another_one_now_has_moved() -> None:
    store = Store()
    store.run(opened(cluster_id=CLUSTER))
    store.run(opened(cluster_id="quite-another-id"))

    assert store.run(opened(THERE, cluster_id=CLUSTER)) == [("moved", THERE)]


def test_the_nodes_of_a_cluster_are_new_once() -> None:
    store = Store()

    assert store.run(opened(THERE, cluster_id=CLUSTER), opened(cluster_id=CLUSTER)) == [
        ("new", HERE),
        ("also_at", THERE),
    ]
    assert store.run(opened("127.0.0.3:9200", cluster_id=CLUSTER)) == [("also_at", "127.0.0.3:9200")]


def test_an_id_that_different_stores_share_tells_nothing_any_more() -> None:
    """Such as the one that every etcd with its default settings has."""
    store = Store()
    first, second = opened(cluster_id=CLUSTER), opened(THERE, cluster_id=CLUSTER, size=Size(records=9))

    assert store.run(first, second) == [("new", HERE), ("new", THERE)]
    store.run(locked(), locked(THERE))
    assert store.run(opened("127.0.0.3:9200", cluster_id=CLUSTER)) == [("new", "127.0.0.3:9200")]


def test_a_short_id_tells_nothing() -> None:
    store = Store()

    assert store.run(opened(cluster_id="_na_"), opened(THERE, cluster_id="_na_")) == [("new", HERE), ("new", THERE)]


def test_what_opens_again_names_the_other_places_of_its_store() -> None:
    store = Store()
    store.run(opened(cluster_id=CLUSTER), opened(THERE, cluster_id=CLUSTER))
    store.run(locked())

    (change,) = store.changes(opened(cluster_id=CLUSTER))

    assert (change.kind, change.fields, change.elsewhere) == (ChangeKind.RE_EXPOSED, (), (THERE,))


def test_a_run_can_be_gathered_for_some_places_only() -> None:
    history = History()
    gathering = SightingCollector(history, RunFacts(run="R-1"), only={("elasticsearch_open", HERE)})
    for finding in (opened(), opened(THERE)):
        gathering.finding(finding)

    history.fold(gathering.looks(is_finished=True))

    assert list(history.standings()) == [("elasticsearch_open", HERE)]


def test_the_ports_of_a_providers_bucket_are_its_own() -> None:
    facts = RunFacts(run="R-1", targets=(parse_target("s3://campus"), parse_target("a.example:1")), ports=(9200,))

    assert dict(facts.names()) == {"campus.s3.amazonaws.com": {443}, "a.example": {1}}


@pytest.mark.parametrize(
    ("seen", "is_meant"),
    [
        ({}, True),
        ({"port": 9201}, False),
        ({"vantage": "campus"}, False),
        ({"endpoint": "127.0.1.1:9200"}, False),
        ({"endpoint": "198.51.100.7:1", "host": "a.example", "port": 1}, True),
        ({"endpoint": "198.51.100.7:9200", "host": "a.example"}, False),
        ({"endpoint": "aws://1/eu/s3/logs", "port": 443}, True),
    ],
)
def test_what_a_run_set_out_to_look_at_is_told_from_what_it_could_not_see(
    seen: dict[str, Any], *, is_meant: bool
) -> None:
    facts = RunFacts(
        run="R-1", targets=(parse_target("127.0.0.0/24"), parse_target("a.example:1")), ports=(9200,),
        checks=frozenset({"elasticsearch_open"}),
    )  # fmt: skip
    here = replace(traits_of(opened()), **seen)

    assert facts.meant("elasticsearch_open", here) is is_meant
    assert facts.meant("redis_open", here) is here.endpoint.startswith("aws://")


LOOKS = st.sampled_from(["open", "grown", "login", "closed", "silent", "unclear", "nothing"])
RUNS = st.lists(st.tuples(st.lists(LOOKS, min_size=3, max_size=3), st.sampled_from(["campus", "outside"])), max_size=8)
CLOSING = {"login", "closed"}


def told(
    store: Store, states: list[str], vantage: str, number: int, *, is_backwards: bool = False
) -> tuple[Change, ...]:
    """Three places, each as its word says."""
    findings, done = [], {}
    for place, state in enumerate(states, 1):
        target = f"127.0.0.{place}:9200"
        outcome = {"open": Outcome.EXPOSED, "grown": Outcome.EXPOSED, "login": Outcome.NOT_EXPOSED}.get(state)
        outcome = Outcome.INCONCLUSIVE if state == "unclear" else outcome
        if outcome is not None:
            size = Size(records=number if state == "grown" else 7)
            findings.append(finding_of(outcome, target=target, size=size, cluster_id=CLUSTER if place > 1 else None))
        elif state in {"closed", "silent"}:
            done[target] = state
    return store.changes(*(reversed(findings) if is_backwards else findings), done=done, vantage=vantage)


@given(runs=RUNS)
def test_every_place_stands_as_the_last_word_about_it_says(runs: list[tuple[list[str], str]]) -> None:
    """Reckoned anew from the words alone: per vantage, closed by a proof, open by a look, unknown by anything else."""
    store = Store()
    for number, (states, vantage) in enumerate(runs):
        told(store, states, vantage, number)

    for place in range(3):
        spots: dict[str, str] = {}
        for states, vantage in runs:
            state = states[place]
            if state in {"open", "grown"}:
                spots[vantage] = "open"
            elif vantage in spots and state in CLOSING:
                spots[vantage] = "closed"
            elif spots.get(vantage) == "open" and state != "nothing":
                spots[vantage] = "unknown"
        expected = next((one for one in ("open", "unknown", "closed") if one in spots.values()), None)
        standing = store.history.standings().get(("elasticsearch_open", f"127.0.0.{place + 1}:9200"))
        assert (standing.value if standing else None) == expected


@given(runs=RUNS)
def test_the_changes_add_up_to_the_standings(runs: list[tuple[list[str], str]]) -> None:
    """Whoever reads the changes alone knows what is open: nothing is closed twice, nothing opens that is open."""
    store = Store()
    known: dict[str, str] = {}
    for number, (states, vantage) in enumerate(runs):
        changes = told(store, states, vantage, number)
        assert len({change.target for change in changes}) == len(changes)
        for change in changes:
            before = known.get(change.target)
            if change.kind is ChangeKind.CLOSED:
                assert before in {"open", "unknown"}
            elif change.kind is ChangeKind.UNKNOWN:
                assert before == "open"
            elif change.kind is ChangeKind.STILL_OPEN:
                assert before == "unknown"
            elif change.kind in EXPOSURES:
                assert before in ({"closed"} if change.kind is ChangeKind.RE_EXPOSED and before else {None})
            else:
                assert before == "open"
            known[change.target] = "open" if change.kind in STILL else change.kind.value

    assert known == {target: standing.value for (_, target), standing in store.history.standings().items()}


@given(runs=RUNS)
def test_a_closure_follows_a_proof_in_the_same_run(runs: list[tuple[list[str], str]]) -> None:
    store = Store()
    for number, (states, vantage) in enumerate(runs):
        for change in told(store, states, vantage, number):
            state = states[int(change.target.split(":")[0][-1]) - 1]
            assert (change.kind is not ChangeKind.CLOSED) or state in CLOSING


@given(runs=RUNS)
def test_the_order_in_which_a_run_looks_changes_nothing(runs: list[tuple[list[str], str]]) -> None:
    one, other = Store(), Store()
    for number, (states, vantage) in enumerate(runs):
        changes = told(one, states, vantage, number)
        again = told(other, states, vantage, number, is_backwards=True)
        assert [(item.kind, item.target, item.elsewhere) for item in changes] == [
            (item.kind, item.target, item.elsewhere) for item in again
        ]


class Quiet(History):
    """A history of which nobody asks what changed."""

    def fold(self, looks: Sightings, *, with_same: bool = False) -> tuple[Change, ...]:  # noqa: ARG002  (as its base has it)
        self.take(looks)
        return ()


@given(runs=RUNS)
def test_what_is_taken_in_without_a_question_leaves_the_same_history(runs: list[tuple[list[str], str]]) -> None:
    loud, quiet = Store(), Store()
    quiet.history = Quiet()
    for number, (states, vantage) in enumerate(runs):
        told(loud, states, vantage, number)
        told(quiet, states, vantage, number)

    assert vars(loud.history) == vars(quiet.history)


def test_an_id_that_different_stores_share_is_noticed_without_a_question_too() -> None:
    loud, quiet = Store(), Store()
    quiet.history = Quiet()
    for store in (loud, quiet):
        store.run(opened(cluster_id=CLUSTER), opened(THERE, cluster_id=CLUSTER, size=Size(records=9)))
        store.run(locked(), locked(THERE))

    assert vars(loud.history) == vars(quiet.history)


def kept(history: History) -> History:
    """What is left of it in a file."""
    read = history_from(json.loads(json.dumps(state_of(history))))
    assert read is not None
    return read


@given(runs=RUNS)
def test_a_history_that_is_kept_and_read_again_tells_the_same(
    runs: list[tuple[list[str], str]],
) -> None:
    steady, read = Store(), Store()
    for number, (states, vantage) in enumerate(runs):
        read.history = kept(read.history)
        assert told(read, states, vantage, number) == told(steady, states, vantage, number)

    assert vars(kept(read.history)) == vars(steady.history)


def test_what_a_history_keeps_of_names_buckets_and_numbers_beyond_64_bits_is_read_again() -> None:
    store = Store()
    store.run(
        opened(size=Size(records=10**30, bytes=1), cluster_id=CLUSTER, host="es.example.org"),
        opened("127.0.0.3:443/exports", datastore="s3"), opened(THERE, size=None), vantage="outside",
    )  # fmt: skip

    assert vars(kept(store.history)) == vars(store.history)
    assert kept(store.history).standings() == store.history.standings()


def test_a_history_of_another_format_is_not_read() -> None:
    assert history_from({**state_of(History()), "format": FORMAT + 1}) is None
    assert history_from({}) is None


def test_a_place_is_open_since_it_was_first_seen_so_or_since_its_last_closure() -> None:
    store = Store()
    day = [NOW + timedelta(days=number) for number in range(6)]
    store.run(opened(observed_at=day[1]))
    store.run(opened(observed_at=day[2]))
    first = store.history.open_since(("elasticsearch_open", HERE))
    store.run(locked(observed_at=day[3]))
    store.run(opened(observed_at=day[4]))
    store.run(opened(observed_at=day[5]))

    assert (first, store.history.open_since(("elasticsearch_open", HERE))) == (day[1], day[4])
    assert store.history.open_since(("elasticsearch_open", THERE)) is None
