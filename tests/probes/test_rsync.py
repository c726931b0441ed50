"""rsync's daemon: a module that lets anybody in is told from one that wants a login, and no name is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from leakguard.models.observations import Ending
from leakguard.probes.protocols.rsync.reader import module_names
from support.hostile import Host, Script, read_some
from support.probing import Question
from support.talks import ask, recorded, talks_and_leaves

pytestmark = pytest.mark.enable_socket

LIST, CHOOSE, UNKNOWN = Question("list"), Question("choose"), Question("unknown", "leakguard-8f3a2c")
GREETING = b"@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n"
CANARY = "Invented-Person-4711"


def daemon(modules: Mapping[str, bytes | None], *, motd: bytes = b"") -> Script:
    """Greets, says the operator's words, and answers a choice by its name; `None` hangs up."""
    listed = b"".join(f"{name:<15}\ta comment on {CANARY}\n".encode() for name in modules)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        writer.write(GREETING + motd)
        await writer.drain()
        wanted = (await read_some(reader, host)).split(b"\n")[1].decode()
        if wanted == "#list":
            writer.write(listed + b"@RSYNCD: EXIT\n")
        else:
            writer.write(modules.get(wanted, b"@ERROR: Unknown module '%s'\n" % wanted.encode()) or b"")
        await writer.drain()

    return script


OK, LOGIN, REFUSED = b"@RSYNCD: OK\n", b"@RSYNCD: AUTHREQD abc\n", b"@ERROR: access denied to x from y\n"


@pytest.mark.parametrize(
    ("name", "modules", "choice", "documents"),
    [
        ("open", 1, "select", {"open": 1, "login": 0, "refused": 0, "left": 0}),
        ("protected", 0, "select", {"open": 0, "login": 0, "refused": 0, "left": 0}),
    ],
)
def test_a_real_rsync_lists_and_opens_or_does_not(
    name: str, modules: int, choice: str, documents: dict[str, Any]
) -> None:
    said = recorded(f"rsync-3.5.0-{name}")
    table = {b"#list": said["list"], b"8f3a2c": said["unknown"], b"backup": said[choice]}

    [listed, chosen, unknown], probing = ask(
        talks_and_leaves(table, greeting=said["greeting"]), "rsync", LIST, CHOOSE, UNKNOWN
    )

    assert listed.document == {"protocol": "32.0", "modules": modules, "refused": False}
    assert chosen.document == documents
    assert unknown.document == {"open": False}
    assert "backup" not in repr([listed, chosen, unknown])
    assert probing.connects == 2 + modules


def test_a_real_module_that_wants_a_login_is_not_open() -> None:
    said = recorded("rsync-3.5.0-protected")["select"]

    [_, chosen], _ = ask(daemon({"backup": said}), "rsync", LIST, CHOOSE)

    assert chosen.document == {"open": 0, "login": 1, "refused": 0, "left": 0}


def test_each_module_is_met_in_its_own_way() -> None:
    modules = {"one": LOGIN, CANARY: OK, "two with spaces": REFUSED, "a-name-of-more-than-fifteen": OK}

    [listed, chosen], _ = ask(daemon(modules), "rsync", LIST, CHOOSE)

    assert listed.document["modules"] == 4
    assert chosen.document == {"open": 2, "login": 1, "refused": 1, "left": 0}
    assert CANARY not in repr([listed, chosen])


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        (["pub\tpub", "a-name-beyond-the-width\ta-name-beyond-the-width", "hello\tworld"],
         ["pub", "a-name-beyond-the-width"]),
        (["pub\tall files", "welcome", "\tx"], ["pub"]),
        (["pub            \tpub", "hello\tworld"], ["pub"]),
        (["welcome to our mirror"], []),
    ],
)  # fmt: skip
def test_modules_are_found_where_their_names_are_not_filled_up(listed: list[str], names: list[str]) -> None:
    """As gokr-rsync lists them; else an open daemon would be told as one that lists nothing."""
    assert module_names(["@RSYNCD: 27", *listed, "@RSYNCD: EXIT"]) == names


def test_the_words_of_the_operator_are_no_modules() -> None:
    """They come right behind the greeting, before the list and before each answer."""
    motd = b"Welcome to our mirror\nhello\tworld\n\n"

    [listed, chosen], _ = ask(daemon({"pub": OK}, motd=motd), "rsync", LIST, CHOOSE)

    assert (listed.document["modules"], chosen.document["open"]) == (1, 1)


@pytest.mark.parametrize(
    ("error", "is_refusal"),
    [
        (b"access denied to backup from host (192.0.2.1)", True),
        (b"Unknown module 'backup'", True),
        (b"auth failed on module backup", True),
        (b"max connections (4) reached -- try again later", False),
        (b"failed to open lock file", False),
        (b"chroot failed", False),
        (b"chdir failed", False),
    ],
)
def test_a_busy_daemon_is_no_refusal(error: bytes, *, is_refusal: bool) -> None:
    """Nor is one whose disk is not there today."""
    [_, chosen], _ = ask(daemon({"backup": b"@ERROR: " + error + b"\n"}), "rsync", LIST, CHOOSE)

    assert chosen.document == {"open": 0, "login": 0, "refused": int(is_refusal), "left": int(not is_refusal)}


def test_ten_modules_are_chosen_and_no_more() -> None:
    [_, chosen], probing = ask(daemon({f"module{number}": LOGIN for number in range(12)}), "rsync", LIST, CHOOSE)

    assert chosen.document == {"open": 0, "login": 10, "refused": 0, "left": 2}
    assert probing.connects == 11


@pytest.mark.parametrize("name", ["#early_input=9", "back/up", "naïve"])
def test_a_module_whose_name_cannot_be_said_is_left(name: str) -> None:
    [_, chosen], probing = ask(daemon({name: OK, "backup": OK}), "rsync", LIST, CHOOSE)

    assert chosen.document == {"open": 1, "login": 0, "refused": 0, "left": 1}
    assert probing.connects == 2


def test_a_module_that_hangs_up_ends_the_choosing() -> None:
    [_, chosen], _ = ask(daemon({"one": OK, "two": None, "three": OK}), "rsync", LIST, CHOOSE)

    assert chosen.document == {"open": 1, "login": 0, "refused": 0, "left": 2}


def test_a_first_module_that_hangs_up_leaves_the_question_open() -> None:
    [_, chosen], _ = ask(daemon({"one": None, "two": OK}), "rsync", LIST, CHOOSE)

    assert (chosen.ended, chosen.document) == (Ending.CLOSED, None)


def test_a_list_that_is_refused_is_told_as_such() -> None:
    script = talks_and_leaves({b"#list": b"@ERROR: max connections (1) reached\n"}, greeting=GREETING)

    [listed], _ = ask(script, "rsync", LIST)

    assert listed.document == {"protocol": "32.0", "modules": 0, "refused": True}


def test_a_trap_opens_modules_that_cannot_exist() -> None:
    [unknown], probing = ask(talks_and_leaves({b"@RSYNCD": OK}, greeting=GREETING), "rsync", UNKNOWN)

    assert unknown.document == {"open": True}
    assert probing.said == [b"@RSYNCD: 31.0\nleakguard-8f3a2c\n"]


def test_a_list_without_an_end_is_capped() -> None:
    lines = b"".join(b"module%09d\tx\n" % number for number in range(1500))

    [listed], _ = ask(talks_and_leaves({b"#list": lines}, greeting=GREETING), "rsync", Question("list", cap_bytes=4096))

    assert (listed.ended, listed.size_bytes) == (Ending.CAPPED, 4096)


@pytest.mark.parametrize("said", [b"x" * 5000, b"line\n" * 2500])
def test_more_lines_than_an_answer_has_are_garbled(said: bytes) -> None:
    [listed], _ = ask(talks_and_leaves({b"#list": said}, greeting=GREETING), "rsync", LIST)

    assert listed.ended is Ending.GARBLED
