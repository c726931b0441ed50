"""What `scope suggest` offers, in words and in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.frozen import as_dict
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.scans.suggest_scope import Suggestion


def suggestion_lines(found: Sequence[Suggestion]) -> Iterator[str]:
    """Each with its place, then what a person has to think of."""
    if not found:
        yield "The pages and apps name nothing that the scope does not have."
        return
    for suggestion in found:
        yield printable(f"{suggestion.entry}  {suggestion.title}, named in {suggestion.where}", longest=400)
        yield (
            f"    {suggestion.advice}" if suggestion.is_entry else f"    LeakGuard asks it nothing. {suggestion.advice}"
        )
    yield "Nothing was added or asked. A name in a page is no proof that it is yours: ask the owner of the page first."
    entries = [suggestion.entry for suggestion in found if suggestion.is_entry]
    if entries:
        yield printable(f"Next: leakguard scope add {' '.join(entries[:3])}", longest=400)


def suggestions_json(found: Sequence[Suggestion]) -> dict[str, Any]:
    """`{"suggestions": [...]}`, each with `entry`, `kind`, `title`, `where`, `is_entry` and `advice`."""
    return {"suggestions": [as_dict(suggestion) for suggestion in found]}
