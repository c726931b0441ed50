"""The second look at an open store, which a person has to ask for: names of fields, numbers of people, a sample.

The first two ask for names and numbers alone; what a sample reads is counted by kind in a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from leakguard.checks.definitions import CheckDefinition, DistinctRequest
from leakguard.checks.requests import Request
from leakguard.models.findings import Outcome
from leakguard.models.observations import Reply
from leakguard.models.samples import SampleOrder
from leakguard.models.targets import Endpoint
from leakguard.ports import Prober, Sampler
from leakguard.sensitivity.book import fields_of_people
from leakguard.sensitivity.masks import shown_name
from leakguard.use_cases.asking import observe
from leakguard.use_cases.examination import Judged
from leakguard.use_cases.kinds_of_data import BookMaker, collections_of
from leakguard.use_cases.look_wish import LookWish

MOST_COUNTED = 3
"""Fields whose different values are counted."""
FIELDS_OF_ONE = 2
"""Of them, in one collection: the plain field, and the exact form that Elasticsearch keeps beside a text."""
_PLAIN_NAME = re.compile(r"[\w.-]{1,100}")
"""What can only be a name in a path or a statement: no quote, no space, no wildcard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """Looks once more at what was found open."""

    wish: LookWish
    book: BookMaker
    nonsense: str
    sampler: Sampler | None = None
    """Only where the scope permits sampling and `wish` asks for it."""

    def is_due(self, judged: Sequence[Judged]) -> bool:
        """Whether something is open that more can be learnt of."""
        return any(self._is_worth(item) for item in judged)

    def _is_worth(self, item: Judged) -> bool:
        is_open = item.verdict.outcome is Outcome.EXPOSED
        return is_open and ((self.wish.fields and item.definition.field_look is not None) or self.sampler is not None)

    async def look(self, prober: Prober, endpoint: Endpoint, judged: Sequence[Judged]) -> list[Judged]:
        """The verdicts, with the answers of the second look where there was one."""
        return [await self._look(prober, endpoint, item) if self._is_worth(item) else item for item in judged]

    async def _look(self, prober: Prober, endpoint: Endpoint, item: Judged) -> Judged:
        known = replace(endpoint, scheme=item.observation.transport)
        if self.wish.fields and item.definition.field_look is not None:
            item = await self._ask_fields(prober, known, item, item.definition.field_look)
        if self.sampler is not None:
            item = await self._sample(self.sampler, known, item)
        return item

    async def _ask_fields(
        self, prober: Prober, endpoint: Endpoint, item: Judged, look: CheckDefinition
    ) -> Judged:  # fmt: skip
        session = prober.open(endpoint, look.probe.kind)
        try:
            seen = await observe(session, look, nonsense=self.nonsense)
            item = _with_replies(item, dict(seen.replies))
            counts: dict[str, Reply] = {}
            for request in self._counting(item):
                counts[request.id] = await session.ask(request)
        finally:
            await session.close()
        return _with_replies(item, counts)

    def _counting(self, item: Judged) -> Iterator[Request]:
        """Questions for the number of different values, in the collections with the most telling fields first."""
        asked = item.definition.distinct
        if asked is None:
            return
        number = 0
        for collection in collections_of(item):
            for field in self._countable(collection.name, fields_of_people(collection, self.book())):
                for question in _forms(asked, collection.name, field, number):
                    yield question
                    number += 1
                if number >= MOST_COUNTED * FIELDS_OF_ONE:
                    return

    def _countable(self, name: str, fields: Sequence[str]) -> Sequence[str]:
        """The surest field of a collection whose name can stand in a question and in a proof."""
        if not _can_be_said(name):
            return ()
        return [field for field in fields if _can_be_said(field)][:1]

    async def _sample(self, sampler: Sampler, endpoint: Endpoint, item: Judged) -> Judged:
        order = SampleOrder(
            datastore=item.definition.datastore, kind=item.definition.probe.kind, records=self.wish.sample
        )
        sampled = await sampler.sample(endpoint, order)
        return replace(item, sampled=sampled.categories, sample_note=sampled.note, sample_requests=sampled.requests)


def _forms(asked: DistinctRequest, collection: str, field: str, number: int) -> Iterator[Request]:
    """A text is counted by the exact form that Elasticsearch's own mappings keep beside it."""
    yield asked.of(collection, field, number)
    if "_search" in asked.get:
        yield asked.of(collection, f"{field}.keyword", number + 1)


def _can_be_said(name: str) -> bool:
    return _PLAIN_NAME.fullmatch(name) is not None and shown_name(name) == name


def _with_replies(item: Judged, more: dict[str, Reply]) -> Judged:
    seen = item.observation
    return replace(item, observation=replace(seen, replies={**seen.replies, **more}))
