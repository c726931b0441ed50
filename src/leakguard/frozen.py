"""Frozen values: the base of the values in every package, by `msgspec`.

Every package may import it; may import `msgspec` alone. Never knows what a value means.
Such a class is made in a fortieth of the time that a frozen dataclass takes, and a command begins with a hundred
of them and more; a value is made and copied several times as fast.
What has fields that nobody gives it is a dataclass still; `replace`, `as_dict` and `names_of` take both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field, field, replace

    @dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
    class Frozen:
        """A frozen value: `class Key(Frozen, hidden=("seed",)):`.

        Fields are given by name, unless the class is made with `kw_only=False`. `hidden` names those that its `repr`
        leaves out: secrets, and the words of others. `dict` lets it have cached properties, `order` be sorted.
        As JSON, `omit_defaults` leaves out what is as by default, and `rename` names fields otherwise.
        """

        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

        def __init_subclass__(
            cls,
            *,
            kw_only: bool = True,
            order: bool = False,
            dict: bool = False,  # noqa: A002  (its word)
            hidden: tuple[str, ...] = (),
            omit_defaults: bool = False,
            rename: Mapping[str, str] | None = None,
        ) -> None: ...

else:
    from msgspec import Struct, StructMeta, field
    from msgspec.structs import replace as _replaced

    class _FrozenMeta(StructMeta):
        """What every class of values is unless it says otherwise; `Struct` hands `frozen` down, but not `kw_only`."""

        def __new__(mcls, name, bases, namespace, *, hidden=(), **options):  # noqa: ANN001, ANN003, ANN204  (its types stand above)
            if hidden:
                namespace["__repr__"] = _repr_without(frozenset(hidden))
            made = super().__new__(mcls, name, bases, namespace, **{"frozen": True, "kw_only": True} | options)
            if unknown := set(hidden).difference(made.__struct_fields__):
                raise TypeError(f"{name} has no field {min(unknown)} to hide")
            return made

    class Frozen(Struct, metaclass=_FrozenMeta):
        """A frozen value; see above."""

    def replace(value, /, **changes):  # noqa: ANN001, ANN003, ANN201  (its types stand above)
        """The value with other fields."""
        return _replaced(value, **changes) if isinstance(value, Struct) else dataclasses.replace(value, **changes)

    def _repr_without(hidden):  # noqa: ANN001, ANN202  (its types stand above)
        def __repr__(self):  # noqa: ANN001, ANN202, N807  (its types stand above)
            shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in hidden)
            return f"{type(self).__name__}({', '.join(shown)})"

        return __repr__


def names_of(kind: type[Any]) -> tuple[str, ...]:
    """The names of a kind's fields, in the order in which it states them."""
    names: tuple[str, ...] | None = getattr(kind, "__struct_fields__", None)
    return names if names is not None else tuple(field.name for field in dataclasses.fields(kind))


def as_dict(value: Any) -> dict[str, Any]:  # noqa: ANN401  (a value, or a dataclass)
    """The fields by their names, values within lists, tuples and mappings as well, as `dataclasses.asdict` does it."""
    return {name: _plain(getattr(value, name)) for name in names_of(type(value))}


def _plain(value: Any) -> Any:  # noqa: ANN401  (fields hold anything)
    if isinstance(value, Frozen) or dataclasses.is_dataclass(value):
        return as_dict(value)
    if type(value) is list or type(value) is tuple:
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value


__all__ = ["Frozen", "as_dict", "field", "names_of", "replace"]
