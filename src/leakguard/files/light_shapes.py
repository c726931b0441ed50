"""Light shapes: file shapes that load no pydantic until a file is wrong.

A light shape is written as a pydantic model is, with the words of this module. Its values are frozen `msgspec`
structures: their class is made in no time, and a thousand of them are read from JSON in a blink. What a file states is
read by `light_reading`, which accepts nothing but what fits to the letter; anything else goes to a pydantic model of
the same fields (`light_twins`), which knows every leniency and names every problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, dataclass_transform

from msgspec import NODEFAULT, Struct, StructMeta
from msgspec import field as struct_field
from msgspec.structs import replace

from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from typing import Self

_Member = TypeVar("_Member")
Mode = Literal["before", "after"]
_MODE = "_light_mode"
_MARKS = "_light_marks"


class Limits(Frozen):
    """What a type must hold besides, in pydantic's words: `ge`, `max_length`, `pattern`, `strict`."""

    items: tuple[tuple[str, Any], ...]
    __is_annotated_types_grouped_metadata__: ClassVar[bool] = True
    """By which pydantic knows that it is to be asked for its parts, where a model of its uses the type."""

    @property
    def options(self) -> dict[str, Any]:
        """By their words."""
        return dict(self.items)

    def __iter__(self) -> Iterator[Any]:
        """What pydantic knows each of them as."""
        from pydantic.fields import FieldInfo  # noqa: PLC0415  (pydantic is there already)

        return iter(FieldInfo(**self.options).metadata)


class BeforeValidator(Frozen, kw_only=False):
    """Within `Annotated`: changes what the file states before it is read."""

    call: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:  # noqa: ANN401  (pydantic's words)
        """The same in a model of pydantic."""
        from pydantic_core.core_schema import no_info_before_validator_function  # noqa: PLC0415  (as above)

        return no_info_before_validator_function(self.call, handler(source))


class AfterValidator(Frozen, kw_only=False):
    """Within `Annotated`: checks or changes what was read."""

    call: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:  # noqa: ANN401  (pydantic's words)
        """The same in a model of pydantic."""
        from pydantic_core.core_schema import no_info_after_validator_function  # noqa: PLC0415  (as above)

        return no_info_after_validator_function(self.call, handler(source))


def Field(**options: Any) -> Any:  # noqa: ANN401, N802  (as pydantic's, and in its place)
    """Say of a field, or of a type within `Annotated`, what pydantic's `Field` says with these options."""
    return Limits(items=tuple(options.items()))


StringConstraints = Field


def model_validator(*, mode: Mode) -> Callable[[_Member], _Member]:
    """Mark a check of the whole: `before` is given what the file states, `after` the value, which it returns."""

    def mark(member: _Member) -> _Member:
        setattr(getattr(member, "__func__", member), _MODE, mode)
        return member

    return mark


if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field,))
    class LightShape:
        """The base of light shapes; its methods are those of pydantic's models that we use."""

        model_fields: ClassVar[dict[str, Any]]
        """As pydantic has it; loads pydantic."""

        @classmethod
        def model_validate(cls, value: object) -> Self:
            """Read plain values; raises pydantic's `ValidationError`."""

        def model_copy(self, *, update: Mapping[str, Any]) -> Self:
            """The value with other fields, which are not checked."""

        def model_dump(
            self, *, mode: str = "python", by_alias: bool = False, exclude_defaults: bool = False,
            exclude_none: bool = False, exclude: frozenset[str] | set[str] = frozenset(),
        ) -> dict[str, Any]:  # fmt: skip
            """Plain values by name."""

        def model_dump_json(self) -> str:
            """All fields as compact JSON."""

else:

    class _LightMeta(StructMeta):
        """Makes of pydantic's words what `msgspec` calls the same."""

        def __new__(mcls, name, bases, namespace):  # noqa: ANN001, ANN204  (its types stand above)
            marks = {key: value.options for key, value in namespace.items() if isinstance(value, Limits)}
            for key, options in marks.items():
                namespace[key] = struct_field(**{
                    word: options[word] for word in ("default", "default_factory") if word in options
                })  # fmt: skip
            cached = any(isinstance(value, cached_property) for value in namespace.values())
            made = super().__new__(
                mcls, name, bases, namespace, frozen=True, kw_only=True, omit_defaults=True,
                rename={key: options["alias"] for key, options in marks.items() if "alias" in options},
                **({"dict": True} if cached else {}),
            )  # fmt: skip
            setattr(made, _MARKS, marks)
            return made

        @property
        def model_fields(cls):  # noqa: ANN202, N805  (as above)
            from leakguard.files.light_twins import twin_of  # noqa: PLC0415  (loads pydantic)

            return twin_of(cls).model_fields

    class LightShape(Struct, metaclass=_LightMeta):
        """The base of light shapes; see above."""

        @classmethod
        def model_validate(cls, value):  # noqa: ANN001, ANN206, D102  (as above)
            from leakguard.files.light_reading import reader_of  # noqa: PLC0415  (what is compiled needs no reader)

            try:
                return reader_of(cls)(value)
            except ValueError:
                from leakguard.files.light_twins import read_leniently  # noqa: PLC0415  (loads pydantic)

                return read_leniently(cls, value)

        @classmethod
        def __get_pydantic_core_schema__(cls, source, handler):  # noqa: ANN001, ANN206  (pydantic's word)
            from leakguard.files.light_twins import schema_of  # noqa: PLC0415  (pydantic is there already)

            return schema_of(cls, handler)

        def model_copy(self, *, update):  # noqa: ANN001, ANN201, D102  (as above)
            return replace(self, **update)

        def model_dump(self, **options):  # noqa: ANN003, ANN201, D102  (as above)
            from leakguard.files.light_plain import plain_of  # noqa: PLC0415  (few write files)

            return plain_of(self, **options)

        def model_dump_json(self):  # noqa: ANN201, D102  (as above)
            from leakguard.files.light_plain import json_of  # noqa: PLC0415  (as above)

            return json_of(self)


class OneField(Frozen):
    """A field of a light shape: its name in code and in files, its default, and what it must hold."""

    name: str
    alias: str
    hint: Any
    """Its type."""
    limits: Mapping[str, Any]
    default: Any = NODEFAULT
    default_factory: Any = NODEFAULT

    @property
    def is_required(self) -> bool:
        """Whether a file must state it."""
        return self.default is NODEFAULT and self.default_factory is NODEFAULT


def fields_of(shape: type[Any]) -> tuple[OneField, ...]:
    """Its fields in their order, inherited ones first."""
    if shape not in _KNOWN:
        _KNOWN[shape] = tuple(_fields(shape))
    return _KNOWN[shape]


_KNOWN: dict[type[Any], tuple[OneField, ...]] = {}
"""The fields of each shape, once somebody asked for them."""


def _fields(shape: type[Any]) -> Iterator[OneField]:
    from msgspec.structs import fields  # noqa: PLC0415  (what is compiled needs none)

    marks: dict[str, Mapping[str, Any]] = {}
    for base in reversed(shape.__mro__):
        marks |= vars(base).get(_MARKS, {})
    for field in fields(shape):
        stated = marks.get(field.name, {})
        limits = {key: stated[key] for key in stated.keys() - {"default", "default_factory", "alias"}}
        yield OneField(
            name=field.name, alias=field.encode_name, hint=field.type, default=field.default,
            default_factory=field.default_factory, limits=limits,
        )  # fmt: skip


def validators_of(shape: type[LightShape], mode: Mode) -> Iterator[Callable[[Any], Any]]:
    """The checks of the whole, those of the base first."""
    for base in reversed(shape.__mro__):
        for name, member in vars(base).items():
            if getattr(getattr(member, "__func__", member), _MODE, None) == mode:
                yield getattr(shape, name)
