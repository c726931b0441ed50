"""Large matrices as one test that fails once, with every case that failed by its name.

A test of its own for each of a hundred small cases costs more to collect and to report than to run. Where a case needs
fixtures of its own, or takes long, `pytest.mark.parametrize` stays the right way.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import cache, update_wrapper
from typing import Any

import pytest

Test = Callable[..., None]
Cases = Iterable[Any] | Callable[[], Iterable[Any]]
Ids = Callable[[Any], object] | Iterable[object]
_FAILURES = (Exception, pytest.fail.Exception)
"""What one case may raise; to be skipped or interrupted is for the whole test."""


def for_each(names: str | Sequence[str], cases: Cases, *, ids: Ids | None = None) -> Callable[[Test], Test]:
    """Run the test once with each of `cases` as its arguments `names`; written as `pytest.mark.parametrize` is.

    All cases are run, whatever became of those before. Fixtures are shared by all of them. Two of these decorators run
    the test with every pair. No case at all is a failure: a matrix that lost its rows proves nothing.

    `cases` that have to be read from files are a function that gives them: it is called once, when the test runs, as
    every worker collects every file.
    """
    arguments = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)

    @cache
    def titled() -> list[tuple[str, tuple[Any, ...]]]:
        found = cases() if callable(cases) else given
        rows = [(case,) if isinstance(names, str) and len(arguments) == 1 else tuple(case) for case in found]
        return list(zip(_titles(rows, ids), rows, strict=True))

    given = () if callable(cases) else tuple(cases)

    def looped(test: Test) -> Test:
        def every(**more: Any) -> None:  # noqa: ANN401  (fixtures, and the arguments of another `for_each`)
            assert titled(), "there is no case to run"
            failed: list[tuple[str, BaseException]] = []
            for title, row in titled():
                try:
                    test(**dict(zip(arguments, row, strict=True)), **more)
                except _FAILURES as error:
                    failed.append((title, error))
            if failed:
                raise AssertionError(_told(failed, len(titled()))) from failed[0][1]

        update_wrapper(every, test)
        del every.__wrapped__  # type: ignore[attr-defined]  # else pytest looks for the arguments behind it
        left = [one for name, one in inspect.signature(test).parameters.items() if name not in arguments]
        every.__signature__ = inspect.Signature(left)  # type: ignore[attr-defined]
        return every

    return looped


def _titles(rows: Sequence[tuple[Any, ...]], ids: Ids | None) -> list[str]:
    if ids is None:
        return [f"{number}: {', '.join(repr(value)[:80] for value in row)}" for number, row in enumerate(rows)]
    if callable(ids):
        return [str(ids(row[0] if len(row) == 1 else row)) for row in rows]
    return [str(name) for name in ids]


def _told(failed: Sequence[tuple[str, BaseException]], count: int) -> str:
    lines = [f"{len(failed)} of {count} cases failed:"]
    for title, error in failed:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        lines.append(f"[{title}] {frame.filename}:{frame.lineno}: {type(error).__name__}: {error}")
    return "\n".join(lines)
