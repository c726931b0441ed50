"""Hands the workers of a run whole files, so that each file is imported by one worker instead of by all of them.

xdist has every worker collect all tests before the first one runs: thousands of tests in hundreds of files, four times.
With `--dist loadfile` a file stays with one worker anyway. So here a worker collects the names of the files alone, and
each is one item for xdist. The worker that gets it imports it, chooses its tests by `-m` and `-k`, and runs and reports
each of them as ever. What cannot be read fails the run when its turn comes, and a run that chose no test says so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

FLAG = "leaves_files_unread"
"""What the process that hands out files tells its workers."""
LOOKS_BACK = ("lf", "failedfirst", "newfirst", "stepwise")
"""Options of pytest that judge all tests at once, by an earlier run."""


class UnreadFile(pytest.Item):
    """A file of tests that nobody imported yet. It has no parent but the run, so no fixture of a folder outlives it."""

    folder: pytest.Collector

    def runtest(self) -> None:
        """Nothing by itself: `run_tests` runs what is in it."""
        raise NotImplementedError

    def run_tests(self, nextitem: pytest.Item | None) -> None:
        """Import it and run its tests. Each takes the file's place meanwhile, as xdist compares what is reported."""
        tests = self._tests()
        place = self.session.items.index(self)
        for test, following in zip(tests, [*tests[1:], nextitem], strict=False):
            self.session.items[place] = test
            self.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            if self.session.shouldfail or self.session.shouldstop:
                break
        self.session.items[place] = self

    def _tests(self) -> list[pytest.Item]:
        """Those that the run chooses. No garbage is looked for meanwhile: what an import makes stays."""
        gc.disable()
        try:
            tests = list(self.session.genitems(pytest.Module.from_parent(self.folder, path=self.path)))
            self.config.hook.pytest_collection_modifyitems(session=self.session, config=self.config, items=tests)
        finally:
            gc.enable()
        return tests


@contextmanager
def judged_later(items: list[pytest.Item]) -> Iterator[None]:
    """Hide files from whatever chooses tests: their tests are judged when they are read."""
    files = [item for item in items if isinstance(item, UnreadFile)]
    items[:] = [item for item in items if not isinstance(item, UnreadFile)]
    yield
    items.extend(files)


def leaves_files_unread(config: pytest.Config) -> bool:
    """Whether the workers of this run shall: nobody asks for single tests, or for those of an earlier run."""
    looks_back = any(config.getoption(name, None) for name in LOOKS_BACK)
    is_by_file = config.getoption("numprocesses", None) and config.getoption("dist") == "loadfile"
    return bool(is_by_file) and not looks_back and not any("::" in name for name in config.args)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401  (a hook of xdist, which has no types)
    """Tell a worker so."""
    node.workerinput[FLAG] = leaves_files_unread(node.config)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:  # noqa: ANN401  (it takes items too)
    """An unread file in place of an imported one, in a worker that was told so."""
    if not getattr(parent.config, "workerinput", {}).get(FLAG):
        return None
    nodeid = module_path.relative_to(parent.config.rootpath).as_posix()
    file = UnreadFile.from_parent(parent.session, name=module_path.name, nodeid=nodeid, path=module_path)
    file.folder = parent
    file.add_marker(pytest.mark.timeout(0))  # each of its tests has its own
    return file


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run the tests of a file; of each test, report what the run needs to know."""
    if isinstance(item, UnreadFile):
        item.run_tests(nextitem)
        return True
    if not _is_brief(item.config):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _is_brief(config: pytest.Config) -> bool:
    """Whether a set-up and a tear-down that went well go unreported: that is two reports of three for each test.

    Not where the run is asked how long they took, or writes a file about every test.
    """
    flag = getattr(config, "workerinput", {}).get(FLAG)
    return bool(flag) and config.getoption("durations", None) is None and not config.getoption("xmlpath", None)


class FilesInTurn:
    """A plugin for the process that hands files out: what xdist would know of tests, it now knows of files alone."""

    def __init__(self) -> None:
        self._session: pytest.Session | None = None
        self._files = self._tests = 0
        self._begun: set[str] = set()
        self._running: set[str] = set()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Its count of tests is what a terminal tells progress by."""
        self._session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """How many files there are."""
        self._files = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A worker began a test: as far as files are begun, as far is the run."""
        self._running.add(nodeid)
        self._begun.add(nodeid.partition("::")[0])
        self._tests += 1
        if self._session is not None:
            self._session.testscollected = self._tests * self._files // len(self._begun)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """It ended it."""
        self._running.discard(nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Name the test in which a worker ended."""
        for nodeid in [nodeid for nodeid in self._running if nodeid.partition("::")[0] == crashitem]:
            self._running.discard(nodeid)
            report.nodeid = nodeid
            report.longrepr = f"{report.longrepr}, in {nodeid!r}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Files were there, and no test of them was chosen."""
        if session.exitstatus == pytest.ExitCode.OK and not self._tests:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
