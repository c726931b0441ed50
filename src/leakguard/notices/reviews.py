"""Who of the organisation's lawyers looked at which rule, as its own folder of duties says in `reviews.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit
from leakguard.files.light_shapes import LightShape
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted, read_yaml
from leakguard.notices.duties import Duty, Review
from leakguard.ports import DataFolders

REVIEWS = "own/reviews.yaml"
"""Among the files of duties; it holds no duty."""


class _Reviewed(Review):
    """One entry of the file."""

    duty: str


class _ReviewFile(LightShape):
    reviews: tuple[_Reviewed, ...]


def with_reviews(duties: Sequence[Duty], folders: DataFolders) -> tuple[Duty, ...]:
    """The duties with the reviews that the organisation's own folder states; raises `BadFile`."""
    if REVIEWS not in folders.names("duties"):
        return tuple(duties)
    reviews = parse_reviews(folders.text("duties", REVIEWS), name=f"duties/{REVIEWS}", duties=duties)
    return tuple(
        duty.model_copy(update={"reviewed": reviews[duty.id]}) if duty.id in reviews else duty for duty in duties
    )


def parse_reviews(text: str, *, name: str, duties: Sequence[Duty]) -> dict[str, Review]:
    """Read the file, by duty; raises `BadFile` with all problems, also duties that nobody knows or that stand twice."""
    read = read_yaml(text, name=name)
    rows = fit(read, _ReviewFile, name=name).reviews
    problems = tuple(_problems(rows, duties, read))
    if problems:
        raise BadFile(name, problems)
    return {row.duty: Review(by=row.by, on=row.on, note=row.note) for row in rows}


def _problems(rows: Sequence[_Reviewed], duties: Sequence[Duty], read: ReadText) -> Iterator[Problem]:
    known = [duty.id for duty in duties]
    seen: set[str] = set()
    for index, row in enumerate(rows):
        place: Path = ("reviews", index, "duty")
        where, line, legs = dotted(place), read.line_of(place), _legs(row.duty, duties)
        if row.duty in seen:
            yield Problem(where=where, text=f"`{row.duty[:60]}` stands here twice", line=line)
        elif legs:
            text = f"`{row.duty[:60]}` was split into {', '.join(legs)}: name the one that was reviewed"
            yield Problem(where=where, text=text, line=line)
        elif row.duty not in known:
            near = nearest_name(row.duty[:60], known)
            yield Problem(where=where, text=f"there is no duty `{row.duty[:60]}`", line=line, nearest=near)
        seen.add(row.duty)


def _legs(name: str, duties: Sequence[Duty]) -> list[str]:
    """The duties into which an earlier one of this id was split."""
    if any(duty.id == name for duty in duties):
        return []
    return [duty.id for duty in duties if name in duty.split_from]
