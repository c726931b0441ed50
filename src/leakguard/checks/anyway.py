"""What a check asks only since a front page tells nothing: taken out for a first look, which most hosts need alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.checks.conditions import Stated

_KEY = "tells_nothing"


def asks_anyway(stated: Stated) -> bool:
    """Whether something of the check is asked behind a front page that tells nothing."""
    return _stands_in(stated)


def of_the_front(stated: Stated) -> Stated:
    """The same check without these questions: each way of an `any` that says so is gone."""
    return {name: _without(part) for name, part in stated.items()}


def whatever_the_front(stated: Stated) -> Stated:
    """The same check with these questions asked, whatever the front page says."""
    return {name: _always(part) for name, part in stated.items()}


def behind_silence(stated: Stated) -> Stated:
    """The same check with these questions asked, and without the one for the front page, which nobody answers."""
    asked = whatever_the_front(stated)
    requests = [each for each in asked["probe"]["requests"] if each.get("get") != "/"]
    return {**asked, "probe": {**asked["probe"], "requests": requests}}


def _always(part: Any) -> Any:  # noqa: ANN401  (as a file states it)
    if isinstance(part, Mapping):
        return {} if _KEY in part else {name: _always(each) for name, each in part.items()}
    return [_always(each) for each in part] if isinstance(part, list | tuple) else part


def _stands_in(part: Any) -> bool:  # noqa: ANN401  (as a file states it)
    if isinstance(part, Mapping):
        return _KEY in part or any(map(_stands_in, part.values()))
    return isinstance(part, list | tuple) and any(map(_stands_in, part))


def _without(part: Any) -> Any:  # noqa: ANN401  (as above)
    if isinstance(part, Mapping):
        return {name: _without(each) for name, each in part.items()}
    if isinstance(part, list | tuple):
        return [_without(each) for each in part if not (isinstance(each, Mapping) and _KEY in each)]
    return part
