"""The closer inspection of an open data store, on a person's request: field names, numbers of people, a sample.

Field names and numbers need no record. A sample reads records, which are counted by kind in a separate process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import islice

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.naming import DistinctRequest
from leakguard.checks.requests import Request, is_askable
from leakguard.checks.views import view_of
from leakguard.engine.asking import observe
from leakguard.engine.examination import CheckResult
from leakguard.engine.inspection_options import InspectionOptions
from leakguard.engine.kinds_of_data import KindDefinitionsGetter, collections_of
from leakguard.engine.turns import Turns
from leakguard.frozen import Frozen, replace
from leakguard.models.findings import Outcome
from leakguard.models.observations import Reply
from leakguard.models.samples import SampleOrder
from leakguard.models.targets import Endpoint
from leakguard.ports import Prober, Sampler
from leakguard.sensitivity.book import fields_of_people
from leakguard.sensitivity.masks import shown_name

MOST_COUNTED_FIELDS = 4
"""The most fields of a data store whose distinct values are counted."""
MOST_FIELDS_PER_COLLECTION = 2
"""The most of them in one collection: some people have no identification number, and others no e-mail."""
_PLAIN_NAME = re.compile(r"[\w.-]{1,100}")
"""What can only be a name in a path or a statement: no quote, no space, no wildcard."""


class Inspection(Frozen):
    """Inspects what was found open more closely."""

    options: InspectionOptions
    kind_definitions: KindDefinitionsGetter
    random_word: str
    """See `Examiner.random_word`."""
    sampler: Sampler | None = None
    """Only where the scope permits sampling and `options` ask for it."""

    def is_due(self, results: Sequence[CheckResult]) -> bool:
        """Whether any open data store can be inspected."""
        return any(self._can_be_inspected(item) for item in results)

    def _can_be_inspected(self, item: CheckResult) -> bool:
        # The questions of an inspection start at the root, so a data store below a path cannot be inspected.
        is_open = item.verdict.outcome is Outcome.EXPOSED and not item.below
        return is_open and (
            (self.options.fields and item.definition.field_check is not None) or self.sampler is not None
        )

    async def inspect(
        self, prober: Prober, endpoint: Endpoint, results: Sequence[CheckResult], turns: Turns
    ) -> list[CheckResult]:  # fmt: skip
        """The results, with the answers and samples of the inspection; `turns` spreads the work over the loop."""
        return [
            await self._inspect(prober, endpoint, item, turns) if self._can_be_inspected(item) else item
            for item in results
        ]

    async def _inspect(self, prober: Prober, endpoint: Endpoint, item: CheckResult, turns: Turns) -> CheckResult:
        with_scheme = replace(endpoint, scheme=item.observation.transport)
        if self.options.fields and item.definition.field_check is not None:
            item = await self._ask_fields(prober, with_scheme, item, item.definition.field_check, turns)
        if self.sampler is not None:
            item = await self._sample(self.sampler, with_scheme, item)
        return item

    async def _ask_fields(
        self, prober: Prober, endpoint: Endpoint, item: CheckResult, field_check: CheckDefinition, turns: Turns
    ) -> CheckResult:  # fmt: skip
        session = prober.open(endpoint, field_check.probe.kind)
        try:
            observation = await observe(session, field_check, random_word=self.random_word, turns=turns)
            item = _with_replies(item, dict(observation.replies))
            counts: dict[str, Reply] = {}
            for request in await turns.in_thread(partial(self._counting, item, field_check)):
                counts[request.id] = await session.ask(request)
        finally:
            await session.close()
        return _with_replies(item, counts)

    def _counting(self, item: CheckResult, field_check: CheckDefinition) -> tuple[Request, ...]:
        """The requests that count distinct values.

        They are about the fields that tell people apart best, in the first collections that have such fields.
        """
        distinct = item.definition.distinct
        if distinct is None or not distinct.only_if.holds_for(view_of(field_check, item.observation.replies)):
            return ()
        fields = (
            (collection.name, field)
            for collection in collections_of(item)
            if _is_safe_in_request(collection.name)
            for field in self._countable(fields_of_people(collection, self.kind_definitions()))
        )
        forms = (form for name, field in islice(fields, MOST_COUNTED_FIELDS) for form in _forms(distinct, name, field))
        return tuple(distinct.of(*form, number) for number, form in enumerate(forms))

    def _countable(self, fields: Sequence[str]) -> Sequence[str]:
        """The first fields whose names can be part of a request and of a proof."""
        return [field for field in fields if _is_safe_in_request(field)][:MOST_FIELDS_PER_COLLECTION]

    async def _sample(self, sampler: Sampler, endpoint: Endpoint, item: CheckResult) -> CheckResult:
        order = SampleOrder(datastore=item.definition.datastore, records=self.options.sample)
        sampled = await sampler.sample(endpoint, order)
        return replace(item, sampled=sampled.categories, sample_note=sampled.note, sample_requests=sampled.requests)


def _forms(distinct: DistinctRequest, collection: str, field: str) -> tuple[tuple[str, str], ...]:
    """The field to count; for Elasticsearch also its `.keyword`, the exact form that default mappings add to a text."""
    plain = (collection, field)
    return (plain, (collection, f"{field}.keyword")) if "_search" in distinct.get else (plain,)


def _is_safe_in_request(name: str) -> bool:
    """Whether a name can be part of a request and of a proof: plain, askable, and not masked."""
    return _PLAIN_NAME.fullmatch(name) is not None and is_askable(name) and shown_name(name) == name


def _with_replies(item: CheckResult, more: dict[str, Reply]) -> CheckResult:
    observation = item.observation
    return replace(item, observation=replace(observation, replies={**observation.replies, **more}))
