"""Trigger expressions as data: a small tree of `all`, `any` and `not` over questions about the facts.

The shape alone; `judging` answers it with yes, no or needs fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.files.light_shapes import Field, LightShape, model_validator

HEADS = ("all", "any", "not", "fact", "residents", "organisation_in", "operates_in", "categories")
COMPARISONS = ("is", "in", "at_least", "more_than", "at_most", "less_than")
_TESTED = {"fact": True, "residents": True}


class Expression(LightShape):
    """One node: exactly one head, and for a fact or a count of residents exactly one comparison."""

    all_: tuple[Expression, ...] | None = Field(default=None, alias="all")
    any_: tuple[Expression, ...] | None = Field(default=None, alias="any")
    not_: Expression | None = Field(default=None, alias="not")
    fact: str | None = None
    """The name of a fact; `encryption.key_safe` looks into it."""
    residents: str | None = None
    """A jurisdiction or a region whose affected residents are counted."""
    organisation_in: str | None = None
    operates_in: str | None = None
    categories: tuple[str, ...] | None = None
    """Any of these kinds of data is affected; a kind includes its finer ones."""
    is_: bool | str | None = Field(default=None, alias="is")
    in_: tuple[str, ...] | None = Field(default=None, alias="in")
    at_least: int | None = None
    more_than: int | None = None
    at_most: int | None = None
    less_than: int | None = None
    currency: str | None = None
    each: bool = False
    """Residents are counted for each subdivision on its own, and one that fits is enough."""
    base: str = ""
    """What is counted, for a person: all people affected, residents of a state, the loss."""
    text: str = ""
    """The clause in plain words; it is the reason that a person reads.

    On a group it is told in place of those of its parts that nobody stated.
    """
    stated_only: bool = False
    """A judgement that counts when a person states it; unstated it is left out, and the reader is told."""
    verify: bool = False
    """The figure was not read in the source."""

    @model_validator(mode="after")
    def _one_question(self) -> Expression:
        heads = [head for head in HEADS if self.part(head) is not None]
        if len(heads) != 1:
            raise ValueError(f"needs exactly one of {', '.join(HEADS)}")
        asked = [name for name in COMPARISONS if self.part(name) is not None]
        wanted = 1 if heads[0] in _TESTED else 0
        if len(asked) != wanted:
            raise ValueError(f"`{heads[0]}` needs {'exactly one' if wanted else 'none'} of {', '.join(COMPARISONS)}")
        return self

    def part(self, name: str) -> object:
        """The value of a head or a comparison, by the name that the file uses."""
        return getattr(self, f"{name}_" if name in {"all", "any", "not", "is", "in"} else name)

    @property
    def children(self) -> tuple[Expression, ...]:
        """The nodes below this one."""
        return (*(self.all_ or ()), *(self.any_ or ()), *((self.not_,) if self.not_ else ()))

    def leaves(self) -> Iterator[Expression]:
        """Every question of the tree, from left to right."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def places_asked(rules: Iterable[Expression]) -> frozenset[str]:
    """Every place and region that these trees ask about."""
    found: set[str | None] = set()
    still_open = list(rules)
    for rule in still_open:  # which grows on the way; the duties that ship have seven thousand, so each step counts
        if rule.all_ is not None:
            still_open += rule.all_
        elif rule.any_ is not None:
            still_open += rule.any_
        elif rule.not_ is not None:
            still_open.append(rule.not_)
        elif rule.fact is None:
            found.update((rule.residents, rule.organisation_in, rule.operates_in))
    return frozenset(code for code in found if code is not None)
