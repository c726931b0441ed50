"""What holds for all tests: one lab per run, ended with the run, and a summary that names what could not be had.

Examples have no deadline of their own: a loaded machine is late, and time itself is tested with clocks.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from lab.model import Lab
from leakguard import wiring
from leakguard.cli.recording import ByOption
from leakguard.engine import examiner as examine
from leakguard.models.people import BySource, Recorder
from leakguard.probes.sweep import flights
from leakguard.store.sql_store import SqlStore
from support.commands import USER
from support.costs import FOLDER as COSTS
from support.costs import Costs
from support.examples import choose_examples
from support.halves import pytest_ignore_collect as pytest_ignore_collect  # noqa: PLC0414  (a hook of pytest)
from support.logged import log_everything, log_nothing
from support.shipped_memory import remember_what_ships
from support.unread_files import FilesInTurn, judged_later, leaves_files_unread
from support.unread_files import pytest_configure_node as pytest_configure_node  # noqa: PLC0414  (as above)
from support.unread_files import pytest_pycollect_makemodule as pytest_pycollect_makemodule  # noqa: PLC0414  (as above)
from support.unread_files import pytest_runtest_protocol as pytest_runtest_protocol  # noqa: PLC0414  (as above)
from support.yaml_memory import remember_yaml

with contextlib.suppress(ImportError):
    from xdist.workermanage import NodeManager

    NodeManager.EXIT_TIMEOUT = 120
    """Seconds, 10 by default: a worker that is killed before it wrote what it traced takes a third of that along."""
with contextlib.suppress(ImportError):
    import uvloop as uvloop  # noqa: PLC0414  (it keeps the socket class that it finds: not the one that forbids sockets)

RUN, OWNER = "LEAKGUARD_LAB_RUN", "LEAKGUARD_LAB_OWNER"
"""Where this run's lab is (name one to use a lab that runs already), and the process with which it ends."""
TESTS = Path(__file__).parent
IN_MEMORY, ENOUGH_BYTES = "/dev/shm", 4 << 30  # noqa: S108  (what pytest makes there is for its owner alone)
"""A file system in memory, and what has to be free there; a container often has some megabytes only."""
OF_A_PERSON = (
    "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "LEAKGUARD_STORE", "LEAKGUARD_LAWS", "LEAKGUARD_TRACE",
    "LEAKGUARD_LOG_LEVEL", "LEAKGUARD_LOG_FORMAT", "LEAKGUARD_LOG_FILE", "LEAKGUARD_SECRETS",
)  # fmt: skip
"""What somebody's shell may say and no test shall hear: the width of a window, the wish for colours, a real store."""
SEAT = "CN, DE"
"""Where the organisation of the tests sits, for those that say nothing of it: which laws are watched follows it."""

sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
"""It makes forty parsers when it is imported, a second in each worker, so that `jsonschema` can judge IRIs: no schema
of ours has one."""
choose_examples()
remember_yaml()
remember_what_ships()
gc.disable()
"""Until the tests are collected, which makes hundreds of thousands of objects that stay."""
COLLECT_AFTER = 20_000
"""Objects that a test may make until garbage is looked for, 700 by default: most tests end before that."""

DEAREST, WAITING, CHEAP = "tests/web/", "tests/probes/", "tests/notices/"
"""The folder of the files that take longest, that of those that wait for hosts instead of computing, and one of many
files that take little each."""
WITH_LAB = re.compile(r"\bpytest\.mark\.lab\b")
"""How a file says that some of its tests need the lab."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Keep all workers and both cores busy to the end; each file stays whole, and in its order within its folder.

    What takes longest comes first. What waits is spread over all of it. What needs the lab, which starts beside the
    tests, comes late, and before the cheap files. Of these the smallest are last, and no worker is alone at the end.
    """
    with judged_later(items):
        yield
    files = list(dict.fromkeys(item.path for item in items))
    if len(files) < 2:
        return
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    files.sort(key=lambda path: (_turn(path, texts[path]), -len(texts[path]) * _lies_in(path, CHEAP)))
    waiting = [path for path in files if _lies_in(path, WAITING)]
    others = [path for path in files if not _lies_in(path, WAITING)]
    turns = {path: place / len(group) for group in (waiting, others) for place, path in enumerate(group)}
    items.sort(key=lambda item: turns[item.path])


def _turn(path: Path, text: str) -> int:
    return (WITH_LAB.search(text) is not None) + 2 * _lies_in(path, CHEAP) - _lies_in(path, DEAREST)


def _lies_in(path: Path, folder: str) -> bool:
    return path.is_relative_to(TESTS.parent / folder)


def pytest_collection_finish() -> None:
    """Look for garbage in what the tests make alone, and seldom: a tenth of all the time went into it."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Whatever a test plants as a secret, a name or a record: no log holds it, at any level, in either format."""
    everything = log_everything()
    try:
        yield
    finally:
        log_nothing()
        gc.set_threshold(COLLECT_AFTER)  # a command that reads the duties sets it up, for its process ends soon
    if everything is not None:
        assert everything.planted() == []


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _measure_costs(config: pytest.Config) -> None:
    """Where somebody asks for it; the process that only hands out tests runs none."""
    if folder := os.environ.get(COSTS):
        worker = getattr(config, "workerinput", {}).get("workerid", "alone")
        config.pluginmanager.register(Costs(Path(folder), worker))


def _keep_folders_in_memory() -> None:
    """Put the folders of tests where no disk is waited for: each entry of a store is flushed, and a test has many."""
    with contextlib.suppress(OSError):
        if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ENOUGH_BYTES:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", IN_MEMORY)


def pytest_configure(config: pytest.Config) -> None:
    """Make every machine alike, and choose the lab's folder before any worker starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts what runs in the background deaf to Ctrl+C, and every program of a test would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in OF_A_PERSON:
        os.environ.pop(name, None)
    os.environ["LEAKGUARD_COUNTRY"] = SEAT
    if _is_worker(config):
        # What runs here is traced; programs that tests start are not: they would take twice as long, and other tests
        # run the same code here.
        for name in [name for name in os.environ if name.startswith("COVERAGE")]:
            del os.environ[name]
        _measure_costs(config)
        return
    if not config.getoption("numprocesses", None):
        _measure_costs(config)
    if leaves_files_unread(config):
        config.pluginmanager.register(FilesInTurn())
    _keep_folders_in_memory()
    if RUN not in os.environ:
        os.environ[RUN] = f"{tempfile.gettempdir()}/leakguard-lab-run-{os.getpid()}-{os.urandom(4).hex()}"
        os.environ[OWNER] = str(os.getpid())


@pytest.fixture(scope="session", autouse=True)
def _bugs_are_raised() -> Iterator[None]:
    """A scan goes on when a host brings a bug of ours to light; a test is to see it."""

    def raised(error: Exception) -> str:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examine, "bug_of", raised)
        yield


@pytest.fixture(scope="session", autouse=True)
def _doubts_are_short() -> Iterator[None]:
    """What was open before is asked once more before it is called closed: after two seconds, and here at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examine, "RETRY_DELAYS_WAS_EXPOSED", (0.0,))
        patch.setattr(flights, "AGAIN_AFTER", 0.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _user_is_alike_everywhere() -> Iterator[None]:
    """Who runs the tests is in no golden file; a test of its own asks the operating system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "os_user", lambda: Recorder(name=USER, source=BySource.OS, actor="os:1000"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _only_recording_commands_write() -> Iterator[None]:
    """A command that writes to the ledger has `--by`: so each test of a command says which of them record."""
    write = SqlStore._write  # noqa: SLF001  (the one place where entries are made)

    def watched(store: SqlStore, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401  (its own)
        context = click.get_current_context(silent=True)
        if context is not None and not any(isinstance(one, ByOption) for one in context.command.params):
            raise AssertionError(f"`{context.command_path}` wrote to the ledger and has no --by")
        return write(store, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlStore, "_write", watched)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the servers that no test could use, so that a green run cannot hide them."""
    lab = Lab.read(Path(os.environ[RUN]))
    if not lab or not lab.ready:
        return
    if lab.missing:
        terminalreporter.section("real servers that could not be had", yellow=True)
        for server in lab.missing:
            terminalreporter.line(f"{server.name}: {server.missing}")
    terminalreporter.line(f"real servers: {len(lab.running)} ran, {len(lab.missing)} could not be had")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the lab of this run. Before, look for garbage among what was made last: for the rest, the run looked itself.

    What is left is frozen, as pytest looks for garbage five times in all that a run made.
    """
    gc.collect(1)
    gc.freeze()
    if _is_worker(config) or os.environ.get(OWNER) != str(os.getpid()):
        return
    workdir = os.environ.pop(RUN)
    del os.environ[OWNER]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    subprocess.run([sys.executable, "-m", "lab", "stop", workdir], env=environment, check=False)
    shutil.rmtree(workdir, ignore_errors=True)
