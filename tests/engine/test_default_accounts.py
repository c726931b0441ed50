"""A product's own administrative account is asked once, by the owner's leave alone, and each such finding says so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from leakguard.checks.requests import refused_whole
from leakguard.checks.scope_permissions import without_permission_required
from leakguard.engine.examiner import Examiner
from leakguard.frozen import replace
from leakguard.models.findings import Finding, Outcome
from leakguard.models.scope import OwnerPermission
from leakguard.models.targets import Endpoint
from leakguard.models.wire import finding_from_json, finding_to_json
from leakguard.outputs.sarif import sarif_parts
from leakguard.scanning.gate import Gate
from probes.test_mysql import OK, error, greeting, rows
from probes.test_postgres import READY, TRUST, auth, row, server
from probes.test_postgres import error as refusal
from scanning.scope.test_default_accounts import LEAVE, WORDS
from support.hostile import Script, serving
from support.probing import Probing, run
from support.scan_views import scan_view
from support.scans import NOW, scope_of
from support.shipped import LIBRARY
from support.talks import recorded, talks

pytestmark = pytest.mark.enable_socket

NOBODY, ROOT = b"leakguard-no-such-user", b"root\0"
COUNTED = rows(b"1", b"3", b"16384", b"1", b"0")
MYSQL_OPEN = {NOBODY: error(1045), ROOT: OK, b"SELECT": COUNTED}
MYSQL_SHUT = {NOBODY: error(1045), ROOT: error(1045)}
ROOT_MEETS = {
    **dict.fromkeys((1698, 1251, 3118), Outcome.NOT_EXPOSED),
    **dict.fromkeys((1203, 1226, 1820, 1862), Outcome.PARTIALLY_EXPOSED),
    **dict.fromkeys((1040, 1129, 3159), Outcome.INCONCLUSIVE),
}
"""Errors by which MySQL may refuse `root`: for want of a password, behind the right one, or before it looks at one."""
SIZES = row(b"1", b"8000000", b"1", b"3", b"15.18") + READY


def examined(
    script: Script, kind: str, *, leave: OwnerPermission | None = LEAVE, is_in_force: bool = True
) -> tuple[Sequence[Finding], Probing]:
    """The findings about the host that runs `script`, and all that was sent."""
    probing = Probing(leave=lambda: is_in_force)
    checks = tuple(check for check in LIBRARY if check.probe.kind == kind)

    async def work() -> Sequence[Finding]:
        async with serving(script) as host:
            scope = replace(scope_of("127.0.0.0/8"), default_accounts=leave)
            examiner = Examiner(
                prober=probing.prober(), library=checks, gate=Gate(scope=scope), run="R-20261124-000001",
                vantage="local", now=lambda: NOW, random_word="n0nsense",
            )  # fmt: skip
            endpoint = Endpoint(address="127.0.0.1", port=host.port, scheme=checks[0].probe.kind, named=True)
            return (await examiner.examine(endpoint)).findings

    return run(work()), probing


def tries(probing: Probing, name: bytes) -> int:
    return sum(name in said for said in probing.said)


@pytest.mark.parametrize(
    ("table", "outcome"),
    [
        (MYSQL_OPEN, Outcome.EXPOSED),
        (MYSQL_SHUT, Outcome.NOT_EXPOSED),
        *(({NOBODY: error(1045), ROOT: error(number)}, outcome) for number, outcome in ROOT_MEETS.items()),
    ],
    ids=["open", "shut", *map(str, ROOT_MEETS)],
)
def test_root_is_asked_once_and_the_finding_names_who_allowed_it(
    table: dict[bytes, bytes | None], outcome: Outcome
) -> None:
    [found], probing = examined(talks(table, greeting=greeting()), "mysql")

    assert (found.verdict.outcome, found.default_accounts, tries(probing, ROOT)) == (outcome, LEAVE, 1)
    assert found.verdict.reason.endswith(WORDS)
    assert found.verdict.reason_code is None
    assert finding_from_json(finding_to_json(found)) == found
    assert finding_to_json(found)["default_accounts"] == LEAVE.to_json()
    is_in_sarif = f'"defaultAccounts": "{WORDS}"' in "".join(sarif_parts(scan_view((found,))))
    assert is_in_sarif is (outcome is not Outcome.NOT_EXPOSED)


@pytest.mark.parametrize(
    ("leave", "is_in_force"), [(None, True), (None, False), (LEAVE, False)], ids=["none", "neither", "run out"]
)
def test_without_a_leave_in_force_no_account_that_may_exist_is_asked(
    leave: OwnerPermission | None, *, is_in_force: bool
) -> None:
    mysql, said = examined(talks(MYSQL_OPEN, greeting=greeting()), "mysql", leave=leave, is_in_force=is_in_force)
    postgres, told = examined(server([auth(10)]), "postgres", leave=leave, is_in_force=is_in_force)

    for found in (*mysql, *postgres):
        assert found.verdict.reason_code == "accounts_not_tried"
        assert found.default_accounts is None
        assert "default_accounts" not in finding_to_json(found)
    assert len([*mysql, *postgres]) == 2
    assert (tries(said, ROOT), tries(told, b"user\0postgres\0")) == (0, 0)


def test_a_server_that_lets_in_anybody_is_not_asked_for_its_own_account() -> None:
    said = recorded("mariadb-10.11.19-open")
    script = talks({NOBODY: said["login"], b"SELECT": said["query"]}, greeting=said["greeting"])

    [found], probing = examined(script, "mysql")

    assert (found.verdict.outcome, found.default_accounts, tries(probing, ROOT)) == (Outcome.EXPOSED, None, 0)


@pytest.mark.parametrize(
    ("startups", "outcome", "size"),
    [
        ([auth(10), auth(0) + READY], Outcome.EXPOSED, 8_000_000),
        ([auth(10), auth(10)], Outcome.NOT_EXPOSED, None),
        ([auth(10), TRUST], Outcome.NOT_EXPOSED, None),
        ([auth(10), refusal(b"28P01")], Outcome.NOT_EXPOSED, None),
        ([auth(10), auth(0) + refusal(b"3D000")], Outcome.EXPOSED, None),
        ([auth(10), auth(0) + refusal(b"42501")], Outcome.EXPOSED, None),
        ([auth(10), auth(0) + refusal(b"53300")], Outcome.EXPOSED, None),
        ([auth(10), refusal(b"53300")], Outcome.INCONCLUSIVE, None),
        ([auth(10), refusal(b"57P03")], Outcome.INCONCLUSIVE, None),
    ],
    ids=[
        "trusted",
        "asked for a password",
        "no such role",
        "refused",
        "trusted, no such database",
        "trusted, no right to the database",
        "trusted, slots reserved",
        "too many clients",
        "starting up",
    ],
)
def test_postgres_is_asked_once_and_no_password_is_ever_sent(
    startups: list[bytes], outcome: Outcome, size: int | None
) -> None:
    [found], probing = examined(server(startups, query=SIZES), "postgres")

    told = found.verdict.size
    assert (found.verdict.outcome, told.bytes if told else None) == (outcome, size)
    assert found.default_accounts == LEAVE
    assert tries(probing, b"user\0postgres\0") == 1
    assert not [said for said in probing.said if said[:1] == b"p"]


def test_only_two_checks_ask_by_leave_and_lose_that_question_without() -> None:
    by_leave = {check.id for check in LIBRARY if any(request.leave for request in check.probe.requests)}
    plain = {check.id: check for check in without_permission_required(LIBRARY)}

    assert by_leave == {"mysql_open", "postgresql_open"}
    assert not [check.id for check in plain.values() if any(request.leave for request in check.probe.requests)]
    assert all(plain[check.id] is check for check in LIBRARY if check.id not in by_leave)


@pytest.mark.parametrize(
    "stated", [{"id": "a", "method": "own_account"}, {"id": "a", "method": "login", "leave": "default_accounts"}]
)
def test_no_check_may_ask_an_account_without_saying_by_which_leave(stated: dict[str, str]) -> None:
    assert "by leave of the owner" in str(refused_whole(stated))
