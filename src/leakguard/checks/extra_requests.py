"""Extra requests: those that a check sends only if the front page tells nothing. Most hosts need none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.checks.conditions import Stated

_KEY = "tells_nothing"


def has_extra_requests(stated: Stated) -> bool:
    """Whether the check sends extra requests if the front page tells nothing."""
    return _stands_in(stated)


def without_extra_requests(stated: Stated) -> Stated:
    """The same check without its extra requests: each branch of an `any` that asks for them is left out."""
    return {name: _without(part) for name, part in stated.items()}


def with_extra_requests(stated: Stated) -> Stated:
    """The same check, which sends its extra requests whatever the front page says."""
    return {name: _always(part) for name, part in stated.items()}


def without_front_page(stated: Stated) -> Stated:
    """The same check with its extra requests, and without the one for the front page, which nobody answers."""
    asked = with_extra_requests(stated)
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
