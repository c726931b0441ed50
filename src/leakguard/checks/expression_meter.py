"""The meter of one evaluation: how much an expression may make of an answer in all, whatever the host sent.

Every step that makes a list, an object or a text pays for it before it is made, or for a list that can be no longer
than one that was paid for, behind it. What a new list or object holds is paid for as if it were written out: `[@, @]`
holds everything twice, though no value of it is copied, and whatever comes later would have to go through all of it.
"""

from __future__ import annotations

import threading
from typing import Any

MOST_WORK = 5_000_000
"""Values of one evaluation, some 40 MB of references and 3 seconds; the largest answer that is read has 8 MiB, which
is 4 million values of one digit, and some 300,000 of a real server."""
MOST_TEXT = 16 * 1024 * 1024
"""Characters of one evaluation; those that JSON escapes are written with up to six."""
_LIST, _OBJECT = 8, 32
"""What an empty list and a small object take in memory, in references."""
_SMALL = 8
"""Characters of a number or a word of JSON, signs around it included, as most have fewer."""


class TooMuch(Exception):
    """The expression would make more of the answer than one evaluation may: nobody knows what it would have found."""


class _Meter(threading.local):
    """What is left for the evaluation of this thread."""

    work: int = MOST_WORK
    text: int = MOST_TEXT


_METER = _Meter()


def begin() -> None:
    """Start an evaluation with all that it may use."""
    _METER.work, _METER.text = MOST_WORK, MOST_TEXT


def pay(values: int) -> None:
    """Pay for so many values; raises `TooMuch`."""
    _METER.work -= values
    if _METER.work < 0:
        raise TooMuch


def pay_text(characters: int) -> None:
    """Pay for so many characters; raises `TooMuch`."""
    _METER.text -= characters
    if _METER.text < 0:
        raise TooMuch


def pay_for_list(made: list[Any]) -> None:
    """Pay for a new list and for all that it holds; raises `TooMuch`."""
    pay(_LIST)
    _pay_through(made, with_text=False)


def pay_for_object(made: dict[str, Any]) -> None:
    """Pay for a new object and for all that it holds; raises `TooMuch`."""
    pay(_OBJECT)
    _pay_through(made, with_text=False)


def pay_to_write(value: Any) -> None:  # noqa: ANN401  (JSON holds anything)
    """Pay for a value that is written out as text; raises `TooMuch`."""
    _pay_through(value, with_text=True)


def pay_to_join(separator: Any, parts: Any) -> None:  # noqa: ANN401  (as above)
    """Pay for texts that are joined; nothing where they are none, which cannot be joined. Raises `TooMuch`."""
    if isinstance(separator, str) and isinstance(parts, list):
        pay_text(len(separator) * len(parts) + sum(len(part) for part in parts if isinstance(part, str)))


def pay_for_result(made: Any) -> Any:  # noqa: ANN401  (as above)
    """Pay for what a function made, which has no more values than it was given; gives it. Raises `TooMuch`."""
    if isinstance(made, str):
        pay_text(len(made))
    elif isinstance(made, list | dict):
        pay(len(made))
    return made


def _pay_through(value: Any, *, with_text: bool) -> None:  # noqa: ANN401  (as above)
    """Pay for each value at each place where it stands, the same one in two places twice."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            pay(len(each))
            if with_text:
                pay_text(sum(map(len, each)))
            waiting.extend(each.values() if with_text else filter(_holds_more, each.values()))
        elif isinstance(each, list):
            pay(len(each) + 1)
            waiting.extend(each if with_text else filter(_holds_more, each))
        else:
            pay_text(len(each) + _SMALL if isinstance(each, str) else _SMALL)


def _holds_more(value: Any) -> bool:  # noqa: ANN401  (as above)
    return isinstance(value, list | dict)
