"""The lab itself: complete where it must be, and planted with what the other tests look for."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from lab.catalogue import CORE, GROUPS, RECIPES, chosen, unknown, wanted_names
from lab.clients.lines import Redis
from lab.clients.mongo import decode, encode
from lab.clients.web import Web
from lab.conftest import lab_command
from lab.entry import Recipe, further
from lab.fetch import PINS, Shelf
from lab.keeper import FOLDER_PREFIX, Keeper
from lab.model import CANARY, Lab, NotAsNamed, NotHad, Server, records_of
from lab.site import Site
from lab.trees import PYTHON

pytestmark = pytest.mark.untraced

READABLE = {
    "elasticsearch-7-open": "/_search",
    "opensearch-open": "/_search",
    "nginx-open": "/backup/customers.sql",
    "clickhouse-open": "/?query=SELECT%20*%20FROM%20customers",
    "influxdb-open": "/query?db=shop&q=SELECT%20*%20FROM%20customers",
    "prometheus-open": "/api/v1/series?match[]=up",
    "versitygw": "/lab-public-acl?list-type=2",
}


@pytest.mark.lab
@pytest.mark.timeout(1000)
def test_every_core_server_could_be_had(lab: Lab) -> None:
    missing = [f"{server.name}: {server.missing}" for server in lab.missing if server.core]
    if missing and os.environ.get("CI") != "true":
        pytest.skip("; ".join(missing))

    assert missing == []
    assert sorted(server.name for server in lab.servers) == sorted(wanted_names())


@pytest.mark.lab
@pytest.mark.enable_socket
@pytest.mark.timeout(1000)
def test_the_canary_can_be_read_by_a_stranger_who_wants_to(lab: Lab) -> None:
    """Otherwise its absence from LeakGuard's output would prove nothing."""
    ports = {server.name: server.port for server in lab.running}
    key = f"customer:{records_of('redis-open')[0]['email']}"

    seen = {
        "redis-open": Redis(port=ports["redis-open"]).ask("GET", key) if "redis-open" in ports else CANARY,
        **{name: _read(ports, name, path) for name, path in READABLE.items()},
    }
    assert [name for name, text in seen.items() if CANARY not in text] == []


def _read(ports: dict[str, int], name: str, path: str) -> str:
    """What a stranger gets; a server that is not here is reported by the test above."""
    return Web(port=ports[name]).ask("GET", path).body.decode() if name in ports else CANARY


@pytest.mark.lab
def test_a_lab_of_one_server_comes_and_goes(tmp_path: Path) -> None:
    assert lab_command("start", str(tmp_path), "redis-open").returncode == 0
    lab = Lab.read(tmp_path)
    assert lab is not None
    if lab.missing:
        pytest.skip(lab.missing[0].missing)
    assert "redis-open" in lab_command("status", str(tmp_path)).stdout

    assert lab_command("stop", str(tmp_path)).returncode == 0
    assert lab_command("status", str(tmp_path)).returncode == 1
    assert not Path(lab.folder).exists()
    assert not _lives(lab.servers[0].pid)


@pytest.mark.lab
def test_a_killed_keeper_takes_its_servers_with_it(tmp_path: Path) -> None:
    assert lab_command("start", str(tmp_path), "redis-open").returncode == 0
    lab = Lab.read(tmp_path)
    assert lab is not None
    if lab.missing:
        pytest.skip(lab.missing[0].missing)
    os.kill(lab.keeper, 9)
    for _ in range(100):
        if not _lives(lab.servers[0].pid):
            break
        time.sleep(0.05)

    assert not _lives(lab.servers[0].pid)
    assert lab_command("stop", str(tmp_path)).returncode == 0
    assert not Path(lab.folder).exists()


@pytest.mark.lab
@pytest.mark.enable_socket
def test_a_server_that_insists_on_all_addresses_is_reached_through_its_one_door(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a server a network namespace of its own")
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    folder.chmod(0o755)
    pid = asyncio.run(_one_apart(Site(folder, Shelf(tmp_path))))

    assert not _lives(pid)
    assert not folder.exists()


async def _one_apart(site: Site) -> int:
    """The process, which has ended by then."""
    try:
        workdir, port = site.workdir("apart"), site.port()
        (workdir / "page.txt").write_text("a page", encoding="utf-8")
        words = [PYTHON, "-m", "http.server", "8123", "--bind", "0.0.0.0"]
        process = await site.start(workdir, words, inner={port: 8123})
        await site.until(process, workdir, lambda: Web(port=port).ask("GET", "/page.txt").body == b"a page")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(Web(port=8123).ask, "GET", "/")
    finally:
        await site.close()
    return process.pid


def _lives(pid: int | None) -> bool:
    """A process that ended and waits to be reaped by the machine's first process does not live."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_lab_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    server = Server(name="a-open", datastore="redis", form="open", port=1, buckets={"b": "open"})
    lab = Lab(
        servers=(server, Server(name="b", datastore="s3", form="open", missing="no Go")),
        folder="/x",
        keeper=1,
        ready=True,
    )
    lab.write(tmp_path)

    assert Lab.read(tmp_path) == lab
    assert [one.name for one in lab.missing] == ["b"]


def test_servers_are_chosen_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEAKGUARD_LAB", raising=False)

    assert chosen(()) == CORE
    assert [recipe.names for recipe in chosen(("redis-open",))] == [("redis-open",)]
    assert [recipe.names for recipe in chosen(("kafka-open",))] == [("kafka-open",)]
    assert chosen(("java",)) == GROUPS["java"]
    assert unknown(("java", "redis-open", "extended", "nothing-of-ours")) == ("nothing-of-ours",)


def test_groups_start_only_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAKGUARD_LAB", "java,redis-open")
    assert set(chosen(())) == {*GROUPS["java"], *chosen(("redis-open",))}

    monkeypatch.setenv("LEAKGUARD_LAB", "extended")
    assert chosen(()) == RECIPES == tuple(recipe for group in GROUPS.values() for recipe in group)


def test_every_server_is_in_one_group_and_the_core_ones_alone_must_be_had() -> None:
    names = [name for recipe in RECIPES for name in recipe.names]

    assert sorted(names) == sorted(set(names))
    assert all(recipe.core is (recipe in CORE) for recipe in RECIPES)


def test_every_pin_names_one_source() -> None:
    sources = {
        name: {"debian", "maven", "jars", "go", "pypi", "npm"} & set(pin)
        for name, pin in PINS.items()
        if name != "tools"
    }

    assert {name for name, found in sources.items() if len(found) != 1} == set()


def test_a_document_survives_the_wire() -> None:
    document = {"a": 1, "b": "text", "c": {"d": True}, "e": ["x", "y"]}

    assert decode(encode(document))[0] == {**document, "e": {"0": "x", "1": "y"}}


def test_what_a_busy_machine_did_not_let_start_is_tried_once_more_and_what_is_not_as_named_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def starting(name: str, *errors: Exception) -> Recipe:
        outcomes = iter(errors)

        async def start(site: Site) -> list[Server]:
            asked.append(site.workdir(name).name)
            if (error := next(outcomes, None)) is not None:
                raise error
            return [Server(name=name, datastore="redis", form="open")]

        return further(start, "redis", name)

    recipes = [
        starting("late-open", NotHad("timed out")),
        starting("gone-open", NotHad("no Go"), NotHad("no Go")),
        starting("odd-open", NotAsNamed("it is closed")),
    ]
    monkeypatch.setattr("lab.keeper.chosen", lambda _names: recipes)
    keeper = Keeper(tmp_path, ())
    asyncio.run(keeper.start_all())
    lab = Lab.read(tmp_path)

    assert lab is not None
    assert {server.name: server.missing for server in lab.servers} == {
        "late-open": "", "gone-open": "no Go", "odd-open": "it is closed",
    }  # fmt: skip
    assert sorted(asked) == ["gone-open", "gone-open.again-1", "late-open", "late-open.again-1", "odd-open"]
    shutil.rmtree(lab.folder)
