"""One endpoint: every way in which it can stand, and how few questions are needed to know."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import parse_check
from leakguard.engine.conclusion import CERTIFICATE_NOT_OF_ALL, finding_id
from leakguard.engine.examination import CLOSES_AT_ONCE, STOPPED_ACCEPTING, EndpointStatus, Examination
from leakguard.engine.examiner import Examiner
from leakguard.frozen import replace
from leakguard.models.findings import Access, DecoyVerdict, Finding, Outcome, Severity, Size
from leakguard.models.observations import Ending
from leakguard.models.targets import Approach, Endpoint
from leakguard.scanning.gate import Gate
from support.fake_prober import STORE_OPEN, FakeProber, FakeServer, library, redis_server, store_server
from support.scans import NOW, gate_of
from support.shipped import LIBRARY

HERE = "127.0.0.1:9200"
SILENCE = FakeServer(otherwise=Ending.SILENT)
OPEN_BUCKET: dict[str, tuple[int, Any] | Ending] = {
    "list ours": (200, {"listable": True}),
    "list closed": (403, {"listable": False}),
}


def examiner_of(
    server: FakeServer | Ending, *, gate: Gate | None = None, checks: tuple[CheckDefinition, ...] | None = None
) -> tuple[Examiner, FakeProber]:
    prober = FakeProber(otherwise=server)
    examiner = Examiner(
        prober=prober,
        library=library() if checks is None else checks,
        gate=gate or gate_of("127.0.0.0/8"),
        run="R-20261124-000001",
        vantage="local",
        now=lambda: NOW,
        random_word="n0nsense",
    )
    return examiner, prober


def endpoint_of(place: str = HERE, **fields: object) -> Endpoint:
    address, port = place.rsplit(":", 1)
    return replace(Endpoint(address=address, port=int(port)), **fields)  # type: ignore[arg-type]  # a test's own table


def examine(server: FakeServer | Ending, endpoint: Endpoint | None = None, **options: object) -> Examination:
    examiner, prober = examiner_of(server, **options)  # type: ignore[arg-type]  # a test's own table
    found = asyncio.run(examiner.examine(endpoint or endpoint_of()))
    assert prober.open_sessions == 0, "every session is closed"
    return found


def only(examination: Examination) -> Finding:
    (finding,) = examination.findings
    return finding


def test_an_open_store_becomes_a_whole_finding() -> None:
    examination = examine(store_server(records=9_500_000_000))

    finding = only(examination)
    assert examination.status is EndpointStatus.EXPOSED
    assert (finding.check_id, finding.check_version, finding.target, finding.vantage) == (
        "store_open",
        2,
        HERE,
        "local",
    )
    assert (finding.verdict.outcome, finding.verdict.access) == (Outcome.EXPOSED, Access.READ)
    assert (finding.verdict.product, finding.verdict.version) == ("store", "1.2")
    assert finding.verdict.size == Size(records=9_500_000_000, bytes=1_900_000_000_000, method="stated by /list")
    assert finding.exposed_since.latest == finding.observed_at == NOW
    assert [request.what for request in finding.proof.requests] == ["/", "/list"]
    assert finding.id == finding_id("R-20261124-000001", "store_open", HERE, "127.0.0.1")


@pytest.mark.parametrize(
    ("server", "status", "outcome"),
    [
        (store_server(), EndpointStatus.EXPOSED, Outcome.EXPOSED),
        (
            FakeServer(answers={"http": {"/": (200, {"name": "store"}), "/list": (206, {})}}),
            EndpointStatus.EXPOSED,
            Outcome.PARTIALLY_EXPOSED,
        ),
        (store_server(locked=True), EndpointStatus.PROTECTED, Outcome.NOT_EXPOSED),
        (FakeServer(answers={"http": {"/": (401, {})}}), EndpointStatus.PROTECTED, Outcome.NOT_EXPOSED),
        (
            FakeServer(answers={"http": {"/": (200, {"name": "store"}), "/list": (500, {})}}),
            EndpointStatus.NOT_CHECKED,
            Outcome.INCONCLUSIVE,
        ),
        (redis_server({"reply": "PONG"}), EndpointStatus.EXPOSED, Outcome.EXPOSED),
        (redis_server({"error": "NOAUTH"}), EndpointStatus.PROTECTED, Outcome.NOT_EXPOSED),
        (FakeServer(answers={"http": {"/": (200, "<html>hello</html>")}}), EndpointStatus.OTHER, None),
        (FakeServer(), EndpointStatus.OTHER, None),
        (FakeServer(otherwise=Ending.RESET), EndpointStatus.SILENT, None),
        (Ending.REFUSED, EndpointStatus.CLOSED, None),
        (SILENCE, EndpointStatus.SILENT, None),
        (Ending.FILTERED, EndpointStatus.SILENT, None),
        (Ending.UNREACHABLE, EndpointStatus.SILENT, None),
        (Ending.BLOCKED, EndpointStatus.NOT_CHECKED, None),
    ],
)
def test_every_endpoint_stands_in_exactly_one_way(
    server: FakeServer | Ending, status: EndpointStatus, outcome: Outcome | None
) -> None:
    examination = examine(server)

    assert examination.status is status
    assert [finding.verdict.outcome for finding in examination.findings] == ([outcome] if outcome else [])


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("first", "then", "status"),
    [
        (Ending.GARBLED, Ending.REFUSED, EndpointStatus.NOT_CHECKED),
        (Ending.RESET, Ending.REFUSED, EndpointStatus.NOT_CHECKED),
        (Ending.SILENT, Ending.REFUSED, EndpointStatus.NOT_CHECKED),
        (Ending.GARBLED, Ending.CERTIFICATE, EndpointStatus.NOT_CHECKED),
        (Ending.RESET, Ending.CERTIFICATE, EndpointStatus.PROTECTED),
    ],
)
def test_a_port_that_answered_and_then_refused_is_not_closed(
    first: Ending, then: Ending, status: EndpointStatus, *, named: bool
) -> None:
    """A restart after odd input, or a limit of connections, refuses for a moment; the server is back soon after."""
    server = FakeServer(answers={"http": first}, otherwise=then)

    examination = examine(server, endpoint_of("127.0.0.1:4711", named=named))

    assert examination.status is status
    if status is EndpointStatus.NOT_CHECKED:
        reasons = {finding.verdict.reason for finding in examination.findings} or {examination.why}
        assert {finding.verdict.outcome for finding in examination.findings} <= {Outcome.INCONCLUSIVE}
        assert reasons == {STOPPED_ACCEPTING if then is Ending.REFUSED else CERTIFICATE_NOT_OF_ALL}


DEEP_OPEN = parse_check(
    STORE_OPEN.replace("store_open", "deep_open").replace("get: /}", "get: /deep}"), name="deep_open.yaml"
)


def test_a_web_server_that_leaves_a_question_unanswered_is_not_something_else() -> None:
    """What the check looks for may be there, so the endpoint is asked again by a resumed run."""
    server = FakeServer(answers={"http": {"/": (200, "<html>hello</html>"), "/deep": Ending.SILENT}})

    examination = examine(server, checks=(*library(), DEEP_OPEN))

    assert (examination.status, examination.findings) == (EndpointStatus.NOT_CHECKED, ())
    assert examination.why == "the host accepted the connection but did not answer in time"


def test_of_a_named_one_each_question_without_an_answer_is_a_finding() -> None:
    server = FakeServer(answers={"http": {"/": (200, "<html>hello</html>"), "/deep": Ending.SILENT}})

    examination = examine(server, endpoint_of(named=True), checks=(*library(), DEEP_OPEN))

    assert only(examination).check_id == "deep_open"
    assert examination.why == ""


def test_a_login_at_one_path_says_nothing_of_another_whose_connection_is_refused() -> None:
    server = FakeServer(answers={"http": {"/": (401, {}), "/deep": Ending.REFUSED}})

    examination = examine(server, endpoint_of("127.0.0.1:80"), checks=(*library(), DEEP_OPEN))

    found = {finding.check_id: finding.verdict.outcome for finding in examination.findings}
    assert found["deep_open"] is Outcome.INCONCLUSIVE


def test_a_login_at_one_path_says_nothing_of_another_that_is_silent() -> None:
    server = FakeServer(answers={"http": {"/": (401, {}), "/deep": Ending.SILENT}})

    examination = examine(server, endpoint_of("127.0.0.1:80"), checks=(*library(), DEEP_OPEN))

    assert examination.status is EndpointStatus.PROTECTED
    assert {finding.check_id: finding.verdict.outcome for finding in examination.findings} == {
        "http_login_asked": Outcome.NOT_EXPOSED, "deep_open": Outcome.INCONCLUSIVE,
    }  # fmt: skip


@pytest.mark.parametrize("server", [SILENCE, Ending.FILTERED, Ending.UNREACHABLE, Ending.BLOCKED])
def test_a_named_endpoint_without_an_answer_is_an_inconclusive_finding_with_a_reason(
    server: FakeServer | Ending,
) -> None:
    examination = examine(server, endpoint_of(named=True))

    finding = only(examination)
    assert finding.verdict.outcome is Outcome.INCONCLUSIVE
    assert finding.verdict.reason
    assert finding.exposed_since.latest is None


@pytest.mark.parametrize("server", [Ending.REFUSED, FakeServer()])
def test_a_named_endpoint_that_is_closed_or_something_else_needs_no_finding(server: FakeServer | Ending) -> None:
    assert examine(server, endpoint_of(named=True)).findings == ()


def test_a_declared_decoy_is_never_a_leak() -> None:
    gate = gate_of("127.0.0.0/8", decoys=("127.0.0.1",))

    examination = examine(store_server(), gate=gate)

    verdict = only(examination).verdict
    assert examination.status is EndpointStatus.OTHER
    assert (verdict.outcome, verdict.access, verdict.severity) == (Outcome.NOT_APPLICABLE, Access.NONE, Severity.NONE)
    assert verdict.decoy.verdict is DecoyVerdict.DECLARED
    assert "it would be exposed" in verdict.reason


def test_a_protected_decoy_is_a_decoy_too() -> None:
    examination = examine(store_server(locked=True), gate=gate_of("127.0.0.0/8", decoys=("127.0.0.1",)))

    assert examination.status is EndpointStatus.PROTECTED
    assert only(examination).verdict.decoy.verdict is DecoyVerdict.DECLARED


@pytest.mark.parametrize(
    ("endpoint", "kinds"),
    [
        (endpoint_of("127.0.0.1:9200"), ["http", "memcached", "redis"]),
        (endpoint_of("127.0.0.1:6379"), ["redis", "http", "memcached"]),
        (endpoint_of("127.0.0.1:11211"), ["memcached", "http", "redis"]),
        (endpoint_of("127.0.0.1:9000"), ["http", "memcached", "redis"]),
        (endpoint_of("127.0.0.1:7"), ["http", "memcached", "redis"]),
        (endpoint_of("127.0.0.1:9200", scheme="rediss"), ["redis", "http", "memcached"]),
        (endpoint_of("127.0.0.1:6379", scheme="https"), ["http", "redis", "memcached"]),
    ],
)
def test_the_likely_protocol_is_asked_first(endpoint: Endpoint, kinds: list[str]) -> None:
    examiner, prober = examiner_of(FakeServer())

    asyncio.run(examiner.examine(endpoint))

    assert [kind for _, kind in prober.opened] == kinds


@pytest.mark.parametrize(
    ("server", "kinds"),
    [
        (store_server(), ["http"]),
        (Ending.REFUSED, ["http"]),
        (Ending.FILTERED, ["http"]),
        (Ending.BLOCKED, ["http"]),
        (SILENCE, ["http", "memcached", "redis", "http", "http"]),
        (FakeServer(answers={"http": {"/": (200, "hello")}}), ["http", "s3"]),
        (FakeServer(answers={"redis": {"PING": (0, {"reply": "PONG"})}}), ["http", "memcached", "redis"]),
        (FakeServer(answers={"http": Ending.SILENT}), ["http", "memcached", "redis"]),
    ],
)
def test_no_more_is_asked_than_is_needed(server: FakeServer | Ending, kinds: list[str]) -> None:
    """What HTTP leaves open is asked in all other languages at once; a closed port is asked in one.

    Where not one word was said, what is likely is asked once more: a verdict may hang on a single lost line.
    """
    examiner, prober = examiner_of(server)

    asyncio.run(examiner.examine(endpoint_of()))

    assert [kind for _, kind in prober.opened if kind not in {"page", "webroot"}] == kinds


@pytest.mark.parametrize(
    ("server", "kinds"),
    [
        (FakeServer(speaks_first=True), ["http"]),
        (FakeServer(speaks_first=True, hints=("redis",), answers={"redis": {"PING": (0, {"reply": "PONG"})}}),
         ["http", "redis"]),
        (FakeServer(hints=("redis",), answers={"redis": {"PING": (0, {"reply": "PONG"})}}), ["http", "redis"]),
        (FakeServer(hints=("redis",), answers={"http": {"/": (200, "use another client")}}), ["http", "redis"]),
    ],
)  # fmt: skip
def test_a_hosts_own_words_spare_it_the_other_protocols(server: FakeServer, kinds: list[str]) -> None:
    """A mail server greets and is left alone; a Redis complains, and a MongoDB answers HTTP in HTTP."""
    examiner, prober = examiner_of(server)

    asyncio.run(examiner.examine(endpoint_of("127.0.0.1:7")))

    assert [kind for _, kind in prober.opened] == kinds


@pytest.mark.parametrize("place", ["127.0.0.1:6379", "127.0.0.1:7"])
def test_a_host_that_falls_silent_in_its_own_tongue_is_not_something_else(place: str) -> None:
    """It greets as a Redis complains, and answers nothing in time: whether it is open, nobody knows."""
    server = FakeServer(hints=("redis",), answers={"redis": Ending.SILENT})

    unnamed, named = examine(server, endpoint_of(place)), examine(server, endpoint_of(place, named=True))

    assert (unnamed.status, unnamed.findings) == (EndpointStatus.NOT_CHECKED, ())
    assert unnamed.why == "the host accepted the connection but did not answer in time"
    assert (only(named).check_id, only(named).verdict.outcome) == ("redis_open", Outcome.INCONCLUSIVE)


@pytest.mark.parametrize("place", ["127.0.0.1:6379", "127.0.0.1:7"])
def test_a_host_that_answers_http_as_the_protocol_that_met_silence_is_not_something_else(place: str) -> None:
    """Its answer to its own protocol came too late; whether it is open, nobody knows."""
    server = FakeServer(possible_protocols=("redis",), answers={"redis": Ending.SILENT})

    assert examine(server, endpoint_of(place)).status is EndpointStatus.NOT_CHECKED


def test_the_beginning_of_an_answer_suggests_no_protocol_that_was_answered_otherwise() -> None:
    """A single byte begins an answer of some protocols; a host that complains in another language is no such one."""
    server = FakeServer(possible_protocols=("redis",), answers={"redis": Ending.GARBLED})

    assert examine(server, endpoint_of("127.0.0.1:6379")).status is EndpointStatus.OTHER


@pytest.mark.parametrize("ended", [Ending.CLOSED, Ending.RESET])
def test_a_host_whose_answer_breaks_off_in_its_own_tongue_is_not_something_else(ended: Ending) -> None:
    """A firewall cuts each line in the middle of the answer; whether it is open, nobody knows."""
    server = FakeServer(hints=("redis",), answers={"redis": ended}, broken_off=frozenset({"redis"}))

    found = examine(server, endpoint_of("127.0.0.1:7", named=True))

    assert found.status is EndpointStatus.NOT_CHECKED
    assert (only(found).check_id, only(found).verdict.outcome) == ("redis_open", Outcome.INCONCLUSIVE)


@pytest.mark.parametrize("ended", [Ending.SILENT, Ending.CLOSED])
def test_a_host_that_began_to_answer_and_was_not_heard_to_the_end_is_not_silent(ended: Ending) -> None:
    """A slow line, or one that is cut: somebody speaks there, and the finding is of the protocol in which it began."""
    server = FakeServer(answers={"redis": ended}, otherwise=Ending.CLOSED, broken_off=frozenset({"redis"}))

    found = examine(server, endpoint_of("127.0.0.1:7", named=True))

    assert found.status is EndpointStatus.NOT_CHECKED
    assert (only(found).check_id, only(found).verdict.outcome) == ("redis_open", Outcome.INCONCLUSIVE)


def test_a_host_whose_answer_is_too_slow_is_not_something_else_though_it_complained_of_http() -> None:
    """Its complaint came in pieces that nobody recognised, and then the half of an answer."""
    server = FakeServer(answers={"redis": Ending.SILENT}, broken_off=frozenset({"redis"}))

    found = examine(server, endpoint_of("127.0.0.1:7", named=True))

    assert found.status is EndpointStatus.NOT_CHECKED
    assert only(found).check_id == "redis_open"


def test_a_host_that_hangs_up_without_a_word_in_its_own_tongue_has_answered() -> None:
    server = FakeServer(hints=("redis",), answers={"redis": Ending.CLOSED})

    assert examine(server, endpoint_of("127.0.0.1:7", named=True)).status is EndpointStatus.OTHER


def test_who_is_asked_twice_in_vain_has_one_finding() -> None:
    """Its first words came only when HTTP was spoken, so its own protocol was spoken once more."""
    examiner, prober = examiner_of(FakeServer(answers={"redis": Ending.SILENT}))

    async def pause(_: Endpoint) -> None:
        if len(prober.asked) > 1:
            prober.servers = {"127.0.0.1:6379": FakeServer(hints=("redis",), answers={"redis": Ending.SILENT})}

    prober.pause = pause
    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:6379", named=True)))

    assert [kind for kind, _ in prober.approaches].count("redis") == 2
    assert only(found).check_id == "redis_open"


def test_a_host_that_is_silent_in_a_tongue_that_is_not_its_own_is_something_else() -> None:
    server = FakeServer(answers={"redis": Ending.SILENT})

    assert examine(server, endpoint_of("127.0.0.1:6379", named=True)).status is EndpointStatus.OTHER


def test_a_greeting_is_no_answer_to_http() -> None:
    assert examine(FakeServer(speaks_first=True), endpoint_of("127.0.0.1:7")).status is EndpointStatus.OTHER


def test_a_host_that_hangs_up_on_plain_http_is_asked_in_tls_beside_the_others() -> None:
    """Trying TLS alone first would keep a plain Redis waiting for a handshake that it does not know."""
    server = replace(redis_server({"reply": "PONG"}), otherwise=Ending.CLOSED)
    examiner, prober = examiner_of(server)

    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:7")))

    assert only(found).check_id == "redis_open"
    assert prober.approaches == [
        ("http", Approach.GUESSED),
        ("http", Approach.GUESSED_IN_TLS),
        ("memcached", Approach.GUESSED),
        ("redis", Approach.GUESSED),
    ]


@pytest.mark.parametrize(
    ("server", "check"), [(store_server(), "store_open"), (redis_server({"reply": "PONG"}), "redis_open")]
)
def test_a_server_in_tls_on_a_foreign_port_is_found(server: FakeServer, check: str) -> None:
    examiner, prober = examiner_of(replace(server, is_tls=True))

    assert only(asyncio.run(examiner.examine(endpoint_of("127.0.0.1:7")))).check_id == check
    assert prober.approaches[-1][1] is Approach.GUESSED_IN_TLS or check == "store_open"


def test_a_host_that_is_slow_to_answer_http_is_asked_once_more_with_patience() -> None:
    examiner, prober = examiner_of(SILENCE)

    asyncio.run(examiner.examine(endpoint_of("127.0.0.1:7")))

    assert prober.approaches[0] == ("http", Approach.GUESSED)
    assert prober.approaches[-1] == ("http", Approach.SUGGESTED)


@pytest.mark.parametrize("ended", [Ending.CLOSED, Ending.RESET])
def test_a_host_that_hangs_up_on_everything_is_asked_for_http_once_more(ended: Ending) -> None:
    """It may have been overrun when HTTP was guessed, and a guess is made once."""
    examiner, prober = examiner_of(FakeServer(otherwise=ended))

    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:7")))

    assert found.status is EndpointStatus.SILENT, "it listened before it hung up"
    assert prober.approaches[-1] == ("http", Approach.SUGGESTED)
    assert [kind for kind, _ in prober.approaches].count("redis") == 1


@pytest.mark.parametrize("ended", [Ending.CLOSED, Ending.RESET])
@pytest.mark.parametrize("port", [7, 6379, 9200])
def test_a_host_that_hangs_up_before_it_is_asked_was_not_checked(port: int, ended: Ending) -> None:
    """It is overrun, or lets in others only: to call it silent said that nobody was there, with exit code 0."""
    examiner, prober = examiner_of(FakeServer(otherwise=ended, closes_at_once=True))

    found = asyncio.run(examiner.examine(endpoint_of(f"127.0.0.1:{port}")))

    assert (found.status, found.findings, found.why) == (EndpointStatus.NOT_CHECKED, (), CLOSES_AT_ONCE)
    assert len(prober.approaches) == 1, "nor is it asked in other protocols"


@pytest.mark.parametrize("ended", [Ending.FILTERED, Ending.REFUSED])
def test_an_open_port_that_takes_no_further_connection_is_neither_silent_nor_closed(
    ended: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall that limits connections dropped or refused those of an examination: the store was told as silent."""
    monkeypatch.setattr("leakguard.engine.examiner.RETRY_DELAYS", (0.0, 0.0))
    examiner, prober = examiner_of(ended)

    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:6379"), did_connect=True))

    assert (found.status, found.findings, found.why) == (EndpointStatus.NOT_CHECKED, (), STOPPED_ACCEPTING)
    assert len(prober.asked) == 3, "it is tried three times"


def test_an_open_port_that_takes_a_connection_again_is_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.engine.examiner.RETRY_DELAYS", (0.0, 0.0))
    examiner, prober = examiner_of(Ending.FILTERED)

    async def pause(_: Endpoint) -> None:
        if len(prober.asked) > 1:
            prober.servers = {"127.0.0.1:6379": redis_server({"reply": "PONG"})}

    prober.pause = pause

    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:6379"), did_connect=True))

    assert found.status is EndpointStatus.EXPOSED


def test_a_store_that_was_open_before_is_closed_only_when_it_refuses_twice() -> None:
    """A firewall that answers too many connections with resets, or a restart, closed it in the ledger for good."""
    examiner, prober = examiner_of(Ending.REFUSED)
    closed = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:6379"), was_exposed=True))
    asked = len(prober.asked)

    async def pause(_: Endpoint) -> None:
        if len(prober.asked) > asked + 1:
            prober.servers = {"127.0.0.1:6379": redis_server({"reply": "PONG"})}

    prober.pause = pause
    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:6379"), was_exposed=True))

    assert (closed.status, asked) == (EndpointStatus.CLOSED, 2)
    assert found.status is EndpointStatus.EXPOSED


@pytest.mark.parametrize(("ended", "times"), [(Ending.REFUSED, 1), (Ending.FILTERED, 1)])
def test_what_was_never_open_is_closed_at_once(ended: Ending, times: int) -> None:
    examiner, prober = examiner_of(ended)

    asyncio.run(examiner.examine(endpoint_of("127.0.0.1:6379")))

    assert len(prober.asked) == times


def test_a_protocol_that_met_no_word_is_spoken_again_when_the_hosts_words_suggest_it() -> None:
    """The first line to a Redis is lost; asked in HTTP it complains in its own words, so it gets its question again."""
    server = redis_server({"reply": "PONG"})
    lost = FakeServer(answers={"redis": Ending.RESET})
    examiner, prober = examiner_of(lost)

    async def pause(_: Endpoint) -> None:
        if len(prober.asked) > 1:
            prober.servers = {"127.0.0.1:6379": replace(server, hints=("redis",))}

    prober.pause = pause
    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:6379")))

    assert only(found).check_id == "redis_open"
    assert [kind for kind, _ in prober.approaches] == ["redis", "http", "redis"]


def test_where_the_time_is_spent_the_finding_is_of_what_the_port_suggests() -> None:
    """And not of whatever check was to be asked when it was over."""
    server = FakeServer(answers={"redis": Ending.SILENT, "http": Ending.SPENT}, otherwise=Ending.SPENT)

    examination = examine(server, endpoint_of("127.0.0.1:6379", named=True))

    assert (examination.status, only(examination).check_id) == (EndpointStatus.NOT_CHECKED, "redis_open")
    assert only(examination).verdict.reason == "the host accepted the connection but did not answer in time"


def test_when_the_time_for_an_endpoint_is_spent_nothing_more_is_asked() -> None:
    examiner, prober = examiner_of(FakeServer(answers={"http": Ending.SILENT}, otherwise=Ending.SPENT))

    found = asyncio.run(examiner.examine(endpoint_of("127.0.0.1:7", named=True)))

    assert found.status is EndpointStatus.NOT_CHECKED
    assert [kind for kind, _ in prober.approaches] == ["http", "memcached", "redis"]


def with_another_path() -> tuple[CheckDefinition, ...]:
    """The library with a check in front that does not ask for the root."""
    text = STORE_OPEN.replace("id: store_open", "id: a_other").replace("get: /}, {", "get: /a}, {")
    return (parse_check(text, name="a_other.yaml"), *library())


@pytest.mark.parametrize(
    ("server", "paths"), [(SILENCE, ["/", "/", "/n0nsense"]), (FakeServer(answers={"http": {}}), ["/", "/a"])]
)
def test_the_root_is_asked_first_and_a_host_that_keeps_silent_is_asked_no_path_of_a_check(
    server: FakeServer, paths: list[str]
) -> None:
    """Each path of each check would cost the whole patience again.

    The root is asked once more at the very end, and then one path that cannot exist: a proxy may wait for the end of a
    front page that has none.
    """
    examiner, prober = examiner_of(server, checks=with_another_path())

    asyncio.run(examiner.examine(endpoint_of("127.0.0.1:9200")))

    assert sorted(what for _, kind, _, what in prober.asked if kind == "http") == paths


CATCH_ALL = {"name": "store", "version": "1.2", "records": 7}


def catch_all(*extra: str) -> FakeServer:
    """It says the same to everybody, whatever is asked."""
    paths = ("/", "/list", "/n0nsense", *extra)
    return FakeServer(answers={"http": dict.fromkeys(paths, (200, CATCH_ALL))})


def test_a_server_that_answers_every_path_alike_is_suspected_to_be_a_trap() -> None:
    verdict = only(examine(catch_all())).verdict

    assert verdict.decoy.verdict is DecoyVerdict.SUSPECTED
    assert verdict.decoy.signals == ("a path that cannot exist is answered like every other",)
    assert verdict.severity is Severity.HIGH, "a suspicion hides no leak"
    assert verdict.severity_axes is not None
    assert verdict.severity_axes.aggravation == "decoy suspected"


def test_one_page_is_not_taken_for_several_products() -> None:
    """The check that asks for the root is kept, whatever their order."""
    examination = examine(catch_all("/a"), checks=with_another_path())

    assert only(examination).check_id == "store_open"


@pytest.mark.parametrize("nonsense", [(404, CATCH_ALL), (200, ""), (200, {"another": "page"})])
def test_a_server_that_knows_what_it_lacks_is_no_trap(nonsense: tuple[int, Any]) -> None:
    server = catch_all()
    answers = server.answers["http"]
    assert isinstance(answers, dict)
    answers["/n0nsense"] = nonsense

    assert only(examine(server)).verdict.decoy.verdict is DecoyVerdict.NO


def test_one_silence_hides_no_answer() -> None:
    """A MongoDB lets the text protocols wait, and a Redis lets the binary ones wait."""
    silent_but_one = FakeServer(
        answers={"http": Ending.SILENT, "memcached": Ending.SILENT, "redis": {"PING": (0, {"reply": "PONG"})}}
    )

    assert examine(silent_but_one).status is EndpointStatus.EXPOSED


def test_the_checks_of_one_protocol_share_a_session() -> None:
    examiner, prober = examiner_of(FakeServer(answers={"http": {"/": (401, {})}}))

    asyncio.run(examiner.examine(endpoint_of()))

    assert prober.kinds(HERE)[:1] == ["http"]
    assert [what for _, kind, _, what in prober.asked if kind == "http"] == ["/"], "no question is asked twice"


def test_the_port_of_a_check_lets_it_ask_before_the_root_is_asked_for() -> None:
    """Some servers hang up on the root, and on a host that hung up no more is asked."""
    own = (
        STORE_OPEN.replace("id: store_open", "id: grid_open")
        .replace("[9200, 80]", "[5701]")
        .replace("get: /}", "get: /own}")
    )
    server = FakeServer(
        answers={"http": {"/own": (200, {"store": 1}), "/list": (200, {"records": 7}), "/": Ending.CLOSED}}
    )
    checks = (*library(), parse_check(own, name="grid.yaml"))

    assert only(examine(server, endpoint_of("127.0.0.1:5701"), checks=checks)).check_id == "grid_open"


def test_a_fallback_is_silent_where_a_special_check_applies() -> None:
    assert only(examine(store_server(locked=True))).check_id == "store_open"
    assert only(examine(FakeServer(answers={"http": {"/": (401, {})}}))).check_id == "http_login_asked"


def test_a_login_page_with_an_open_bucket_behind_it_is_not_overlooked() -> None:
    server = FakeServer(answers={"http": {"/": (404, "")}, "s3": OPEN_BUCKET})

    examination = examine(server, endpoint_of("127.0.0.1:9000", buckets=("ours", "closed", "gone")))

    assert examination.status is EndpointStatus.EXPOSED
    assert [(finding.target, finding.verdict.outcome) for finding in examination.findings] == [
        ("127.0.0.1:9000/ours", Outcome.EXPOSED),
        ("127.0.0.1:9000/closed", Outcome.NOT_EXPOSED),
    ]


def test_a_scan_with_bucket_checks_alone_still_asks_for_buckets() -> None:
    checks = tuple(check for check in library() if check.probe.kind == "s3")

    examination = examine(
        FakeServer(answers={"s3": OPEN_BUCKET}), endpoint_of("127.0.0.1:9000", buckets=("ours",)), checks=checks
    )

    assert only(examination).verdict.outcome is Outcome.EXPOSED


def test_a_scan_with_one_check_asks_nothing_else() -> None:
    checks = tuple(check for check in library() if check.id == "redis_open")
    examiner, prober = examiner_of(redis_server({"reply": "PONG"}), checks=checks)

    found = asyncio.run(examiner.examine(endpoint_of()))

    assert only(found).lifecycle == "experimental"
    assert {kind for _, kind, _, _ in prober.asked} == {"redis"}


def test_the_first_sight_of_an_earlier_run_is_kept_for_what_is_open() -> None:
    earlier = NOW.replace(month=5)
    seen = {("store_open", HERE): earlier}

    def since(server: FakeServer) -> object:
        examiner, _ = examiner_of(server)
        return only(asyncio.run(replace(examiner, first_open_at=seen).examine(endpoint_of()))).exposed_since.latest

    assert since(store_server()) == earlier
    assert since(store_server(locked=True)) is None


@pytest.mark.parametrize(("before", "ransomed"), [({}, "no"), ({("store_open", HERE): 41_000}, "suspected")])
def test_a_fall_since_an_earlier_run_makes_a_weak_name_telling(
    before: dict[tuple[str, str], int], ransomed: str
) -> None:
    """`hello` alone means nothing; where forty thousand records were, it does."""
    markers = 'ransom: {entries: [{request: list, path: "names"}], names: [read_me], weak_names: [hello]}\n'
    emptied = {"records": 1, "bytes": 200, "names": [{"name": "hello", "records": 1}]}
    server = FakeServer(answers={"http": {"/": (200, {"name": "store"}), "/list": (200, emptied)}})
    examiner, _ = examiner_of(server, checks=(parse_check(STORE_OPEN + markers, name="store_open.yaml"),))

    finding = only(asyncio.run(replace(examiner, most_records=before).examine(endpoint_of())))

    assert finding.verdict.ransomed.verdict == ransomed


def test_two_addresses_of_a_name_have_findings_of_their_own() -> None:
    """A protected address must not hide an open one behind the same name."""
    ids = {
        only(examine(server, endpoint_of(place, host="mail.example.edu"))).id
        for place, server in (("127.0.0.1:9200", store_server()), ("127.0.0.2:9200", store_server(locked=True)))
    }

    assert len(ids) == 2


def shipped_kinds(server: FakeServer, place: str) -> list[str]:
    """The kinds that a server is asked in by the checks that are shipped, in order."""
    examiner, prober = examiner_of(server, checks=LIBRARY)
    asyncio.run(examiner.examine(endpoint_of(place)))
    return [kind for _, kind in prober.opened]


@pytest.mark.parametrize("place", ["127.0.0.1:7", "127.0.0.1:9092"])
def test_what_announces_much_is_not_said_to_a_host_that_may_be_a_busy_kafka(place: str) -> None:
    """It would set aside as many megabytes as four bytes announce, for each guess; a few scans of it at once kill it.

    A busy Kafka is silent to its own question, or its answer breaks off; one that stands still is silent to all.
    """
    busy = FakeServer(answers={"kafka": Ending.SILENT}, otherwise=Ending.CLOSED)
    cut = replace(busy, answers={"kafka": Ending.CLOSED}, broken_off=frozenset({"kafka"}))

    for server in (busy, replace(busy, is_tls=True), cut, SILENCE):
        kinds = shipped_kinds(server, place)
        assert {"kafka", "ldap", "zookeeper"} <= {*kinds}
        assert not {"aerospike", "cql"} & {*kinds}


def test_what_announces_much_is_said_to_whoever_hangs_up_on_kafkas_question() -> None:
    """As an Aerospike does. A Cassandra complains of it, and of HTTP, and is known by that."""
    for server in (FakeServer(otherwise=Ending.CLOSED), replace(SILENCE, answers={"kafka": Ending.GARBLED})):
        assert {"aerospike", "cql"} & {*shipped_kinds(server, "127.0.0.1:7")} == {"aerospike"}


def test_a_cassandra_is_guessed_where_nothing_was_asked_that_it_would_complain_of() -> None:
    examiner, prober = examiner_of(SILENCE, checks=tuple(item for item in LIBRARY if item.id == "cassandra_open"))

    asyncio.run(examiner.examine(endpoint_of("127.0.0.1:7")))

    assert "cql" in [kind for _, kind in prober.opened]


def test_one_protocol_that_hangs_keeps_no_answer_back() -> None:
    """The answer ends the wait, and the line that hangs is closed."""
    examiner, prober = examiner_of(redis_server({"reply": "PONG"}))

    async def hang(_: Endpoint) -> None:
        if prober.asked[-1][1] == "memcached":
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    prober.pause = hang
    found = asyncio.run(asyncio.wait_for(examiner.examine(endpoint_of("127.0.0.1:7")), timeout=30))

    assert only(found).check_id == "redis_open"
    assert ("127.0.0.1:7", "memcached") in prober.opened
    assert prober.open_sessions == 0


def test_ids_of_findings_have_room_for_a_store_of_many_years() -> None:
    """Two findings with one id would be one: of ten digits, a hundred thousand ids have half a percent of a chance."""
    ids = {finding_id("R-20261124-000001", "store_open", f"10.0.{n >> 8}.{n & 255}:9200", "") for n in range(65_536)}

    assert len(ids) == 65_536
    assert {len(one) for one in ids} == {len("F-") + 16}
