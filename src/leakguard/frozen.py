"""Frozen values: what those of every room are made of, by `msgspec`.

Every room may import it; may import `msgspec` alone. Never knows what a value means.
Such a class is made in a fortieth of the time that a frozen dataclass takes, and a command begins with a hundred
of them and more; a value is made and copied several times as fast.
Classes that keep a field out of their `repr`, or have fields that nobody gives them, are dataclasses. `replace`,
`as_dict` and `names_of` take both.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field, field, replace

    @dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
    class Frozen:
        """A frozen value whose fields are given by name, unless the class says otherwise: `class Size(Frozen):`."""

        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

        def __init_subclass__(cls, **options: bool) -> None: ...

else:
    from msgspec import Struct, StructMeta, field
    from msgspec.structs import replace as _replaced

    class _FrozenMeta(StructMeta):
        """What every class of values is unless it says otherwise; `Struct` hands `frozen` down, but not `kw_only`."""

        def __new__(mcls, name, bases, namespace, **options):  # noqa: ANN001, ANN003, ANN204
            return super().__new__(mcls, name, bases, namespace, **{"frozen": True, "kw_only": True} | options)

    class Frozen(Struct, metaclass=_FrozenMeta):
        """A frozen value whose fields are given by name, unless the class says otherwise: `class Size(Frozen):`."""

    def replace(value, /, **changes):  # noqa: ANN001, ANN003, ANN201
        """The value with other fields."""
        return _replaced(value, **changes) if isinstance(value, Struct) else dataclasses.replace(value, **changes)


def names_of(kind: type[Any]) -> tuple[str, ...]:
    """The names of a kind's fields, in the order in which it states them."""
    names: tuple[str, ...] | None = getattr(kind, "__struct_fields__", None)
    return names if names is not None else tuple(one.name for one in dataclasses.fields(kind))


def as_dict(value: Any) -> dict[str, Any]:  # noqa: ANN401  (a value, or a dataclass)
    """The fields by their names, values within lists, tuples and mappings as well, as `dataclasses.asdict` does it."""
    return {name: _plain(getattr(value, name)) for name in names_of(type(value))}


def _plain(one: Any) -> Any:  # noqa: ANN401  (fields hold anything)
    if isinstance(one, Frozen) or dataclasses.is_dataclass(one):
        return as_dict(one)
    if type(one) is list or type(one) is tuple:
        return type(one)(map(_plain, one))
    if isinstance(one, dict):
        return {key: _plain(inner) for key, inner in one.items()}
    return one


__all__ = ["Frozen", "as_dict", "field", "names_of", "replace"]
