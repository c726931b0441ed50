"""PostgREST, alone or behind Supabase: which tables show rows to a stranger, and how many; never a row.

Each question for a table is a `HEAD`, whose answer has no body. `limit=1` without a count says by its range whether a
row is visible. `limit=0` with an exact count says how many; where that takes too long the count is estimated. A planned
count is the planner's guess before any policy holds, and an estimated one is made of it where the server has no limit
of rows, so neither proves anything.

A refusal of all columns together does not close a table, as single ones may be granted. So the columns that the page or
the server names are asked for one by one, and `id`, which nearly every table has. Where none of them exists, nothing is
settled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from leakguard.models.observations import Ending
from leakguard.probes.protocols.backend import UNAVAILABLE, BackendSession
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.probes.protocols.postgrest.reader import code_of, counted, listed
from leakguard.shipped.public_keys import OwnWords

_ROOT_CAP = 4 * 1024 * 1024
_OK, _UNAUTHORISED, _NOT_FOUND = 200, 401, 404
_SHOWN = frozenset({200, 206})
_NO_TABLE = frozenset({"PGRST205", "42P01"})
_NO_GRANT = "42501"
_NO_COLUMN = "42703"
MOST_COLUMNS = 6
"""Of one table that are asked for singly."""
_USUAL = "id"
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_SUPABASE = "supabase"
_BASES = ("/rest/v1/", "/")
"""Behind Supabase, and alone."""


class PostgrestSession(BackendSession):
    """Documents as in the methods below."""

    kind = "postgrest"

    needs_key: ClassVar[bool] = True
    own_words: ClassVar[OwnWords] = OwnWords(
        calls=(b".from(",),
        table_calls=frozenset({"from", "rest"}),
        columns=re.compile(
            rb"""\.from\(\s{0,4}["'`]([A-Za-z_][A-Za-z0-9_]{0,62})["'`]\s{0,4}\)\s{0,4}\.select\(\s{0,4}"""
            rb"""["'`]([A-Za-z0-9_, ]{1,300})["'`]"""
        ),
    )

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  (those of the base)
        super().__init__(*given, **named)
        self._bases = _BASES if self._endpoint.scheme == _SUPABASE else _BASES[::-1]
        self._base = self._bases[0]
        self._fields: Mapping[str, tuple[str, ...]] = {}

    @property
    def project(self) -> str:
        """The ref of a project at Supabase, which stands in the name of its host and in its older keys."""
        host = self._endpoint.host or ""
        return host.partition(".")[0] if host.endswith((".supabase.co", ".supabase.in")) else ""

    def login(self) -> dict[str, str]:
        """The key alone: without a token of its own, a request is made as the role for strangers."""
        return {"apikey": self.key.value} if self.key is not None else {}

    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """`product`, `state` of the key, `tables` that the root describes.

        `state` is `accepted`, `refused`, `missing` where a gateway wants one and no page ships it, or `unknown`.
        """
        asked, code = await self._asked_for_nothing(cap)
        if self.meant.is_own and self._state(asked, code) == "unknown" and asked.status not in _SHOWN:
            self._base = self._bases[1]
            asked, code = await self._asked_for_nothing(cap)
        described = listed(b"")
        if code in _NO_TABLE:
            root = await self.get(self._base, cap=_ROOT_CAP)
            described = listed(root.body) if root.status == _OK and root.ended is Ending.COMPLETE else described
            self._fields = described.fields
        return asked, {
            "product": code.startswith("PGRST") or code in _NO_TABLE, "state": self._state(asked, code),
            "anything": asked.status in _SHOWN, "described": described.is_described, "tables": tuple(self._fields),
        }  # fmt: skip

    async def _asked_for_nothing(self, cap: int) -> tuple[HttpResponse, str]:
        """What the backend says of a table that cannot exist."""
        asked = await self.get(f"{self._base}{self.nonsense}?limit=0", cap=cap)
        return asked, code_of(asked.headers, asked.body)

    def _state(self, asked: HttpResponse, code: str) -> str:
        if code in _NO_TABLE:
            return "accepted"
        if asked.status == _UNAUTHORISED:
            return "missing" if self.key is None else "refused"
        return "unknown"

    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """`state`: `open`, `hidden`, `refused`, `columns`, `absent`, `busy`, `unknown`; `rows`, `exact`, `code`."""
        path = f"{self._base}{quote(table, safe='')}"
        asked = await self.get(f"{path}?limit=1", method="HEAD", cap=cap)
        seen, code = counted(asked.headers), code_of(asked.headers, b"")
        rows, is_exact = None, False
        if asked.status in _SHOWN and seen is not None:
            state = "open" if seen.is_visible else "hidden"
            if seen.is_visible:
                rows, is_exact = await self._rows(path, cap)
        else:
            if not code and asked.status is not None:
                code = await self._code(path, cap)
            state = _state_of(asked.status, code)
            if state == "refused":
                state, rows, is_exact = await self._by_column(table, path, cap)
        fields = self._fields.get(table, ())
        return asked, {
            "state": state, "rows": rows, "exact": is_exact, "code": code, "fields": list(fields),
            "pairs": [[table, name] for name in fields],
        }  # fmt: skip

    async def _by_column(self, table: str, path: str, cap: int) -> tuple[str, int | None, bool]:
        """`open` by one column, `hidden`, `refused` where each that exists is, or `columns` where none is known."""
        wanted = dict.fromkeys((*self.columns.get(table, ()), *self._fields.get(table, ()), _USUAL))
        states = []
        for column in [each for each in wanted if _COLUMN.fullmatch(each)][:MOST_COLUMNS]:
            asked = await self.get(f"{path}?select={column}&limit=1", method="HEAD", cap=cap)
            seen, code = counted(asked.headers), code_of(asked.headers, b"")
            if asked.status in _SHOWN and seen is not None:
                if not seen.is_visible:
                    return "hidden", None, False
                return ("open", *await self._rows(path, cap, column=column))
            if not code and asked.status is not None:
                code = await self._code(path, cap, column=column)
            states.append("none" if code == _NO_COLUMN else _state_of(asked.status, code))
        visible = [state for state in states if state != "none"]
        return ("columns" if not visible else "refused" if set(visible) == {"refused"} else visible[0]), None, False

    async def _rows(self, path: str, cap: int, *, column: str = "") -> tuple[int, bool]:
        """How many rows are visible; at least one is, where nobody can count them in time."""
        of = f"select={column}&" if column else ""
        for how in ("exact", "estimated"):
            asked = await self.get(f"{path}?{of}limit=0", method="HEAD", cap=cap, prefer=f"count={how}")
            seen = counted(asked.headers) if asked.status in _SHOWN else None
            if seen is not None and seen.total:
                return seen.total, how == "exact"
        return 1, False

    async def _code(self, path: str, cap: int, *, column: str = "") -> str:
        """The code in the body of a refusal, where an older server has none in a header; `limit=0` gives no row."""
        asked = await self.get(f"{path}?{f'select={column}&' if column else ''}limit=0", cap=cap)
        return code_of(asked.headers, asked.body)


def _state_of(status: int | None, code: str) -> str:
    if code == _NO_GRANT and status in {_UNAUTHORISED, 403}:
        return "refused"
    if code in _NO_TABLE:
        return "absent"
    return "busy" if status in UNAVAILABLE else "unknown"
