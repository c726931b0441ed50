"""Asking: one question or all its pages, with what went wrong turned into a gap that names the permission."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leakguard.frozen import replace
from leakguard.models.clouds import CloudFact, Gap, Resource, Unit
from leakguard.models.findings import ProofRequest
from leakguard.owners.aws.operations import permission_of

Words = Mapping[str, Any]
"""What a question names, as the library calls it: `{"Bucket": "backups"}`."""
_NO_WORDS: Words = {}
MOST_ITEMS = 20_000
"""Resources of one kind in one region; whoever has more gets told that not all were looked at."""
MOST_OUT_OF_REACH = 3
"""Questions in a row that lead nowhere before a region is left: each of them is tried for a minute or more."""
TOKENS = {"NextToken": "NextToken", "nextPageToken": "pageToken"}
"""How an answer names the place where the next page begins, and how the question for it does."""
BY_THOUSANDS = {"PaginationConfig": {"PageSize": 1000}}
"""For lists that are cut off, or told with less, where no size of a page is asked for."""
_DENIED = ("AccessDenied", "Unauthorized", "AuthorizationError", "Forbidden", "403")
_UNUSED = frozenset({"OptInRequired", "SubscriptionRequiredException", "AccountSetupInProgressException"})
"""The account does not use the service, so it has nothing there."""


class CallRefused(Exception):
    """A question got no answer."""

    def __init__(self, gap: Gap) -> None:
        """`gap` says what is missing."""
        super().__init__(gap.code)
        self.gap = gap


class ServiceUnused(Exception):
    """The account does not use this service here."""


@dataclass(slots=True, kw_only=True)
class Asker:
    """Asks one unit; notes each question, and what the answers weigh, never what they hold."""

    unit: Unit
    client: Callable[[str, str], Any]
    """By service and region."""
    stop: threading.Event
    first: str = "us-east-1"
    """The region that is asked for what belongs to none; each partition of the provider has one of its own."""
    asked: list[ProofRequest] = field(default_factory=list)
    listed: ProofRequest | None = None
    """The last listing, on which every resource that it told of rests."""
    out_of_reach: int = 0
    """How many questions in a row led nowhere."""
    memory: dict[str, tuple[Any, list[ProofRequest]]] = field(default_factory=dict)
    """What several resources need, asked once, with the last question that it took."""

    def twin(self) -> Asker:
        """Another one of the same unit, for another thread, who knows what this one was told once."""
        return replace(self, asked=list(self.asked[-1:]))

    def one(
        self, service: str, operation: str, words: Words = _NO_WORDS, *, absent: Sequence[str] = (),
        region: str | None = None,
    ) -> dict[str, Any] | None:  # fmt: skip
        """The answer; `None` where the interface says by one of the codes `absent` that there is none.

        Raises `CallRefused`.
        """
        method = self._method(service, operation, region)
        return self._guarded(service, operation, absent, lambda: method(**words))

    def listing(
        self, service: str, operation: str, key: str, words: Words = _NO_WORDS, *, region: str | None = None
    ) -> list[Any]:
        """The items under `key` of all pages. Raises `CallRefused`, or `ServiceUnused` for an unused service."""
        found: list[Any] = []
        for page in self._pages(service, operation, region, words):
            found += page.get(key) or []
            if len(found) > MOST_ITEMS:
                raise CallRefused(
                    Gap(permission=permission_of(service, operation), is_denied=False, code="too many items")
                )
        self.listed = self.asked[-1] if self.asked else None
        return found

    def once(self, name: str, ask: Callable[[], Any]) -> Any:  # noqa: ANN401  (whatever was asked for)
        """What several resources share; a refusal is remembered as well. Each of them rests on the question."""
        if name in self.memory:
            known, requests = self.memory[name]
            self.asked += requests
        else:
            try:
                known = ask()
            except CallRefused as refused:
                known = refused
            self.memory[name] = (known, self.asked[-1:])
        if isinstance(known, CallRefused):
            raise CallRefused(known.gap)
        return known

    def _pages(self, service: str, operation: str, region: str | None, words: Words) -> Iterator[dict[str, Any]]:
        from botocore import xform_name  # noqa: PLC0415  (loaded when it is first asked for)

        client = self._client(service, operation, region)
        if not client.can_paginate(xform_name(operation)):
            yield from self._pages_by_token(service, operation, region, words)
            return
        pages = iter(client.get_paginator(xform_name(operation)).paginate(**words))
        while (page := self._guarded(service, operation, (), lambda: next(pages, None))) is not None:
            yield page

    def _pages_by_token(
        self, service: str, operation: str, region: str | None, words: Words
    ) -> Iterator[dict[str, Any]]:
        """For the lists that the library cannot turn the pages of; one that leads back to itself is a gap."""
        seen: set[str] = set()
        more: dict[str, str] = {}
        while True:
            page = self.one(service, operation, {**words, **more}, region=region) or {}
            yield page
            more = {asked: str(page[answer_key]) for answer_key, asked in TOKENS.items() if page.get(answer_key)}
            if not more:
                return
            if not seen.isdisjoint(more.values()):
                raise CallRefused(
                    Gap(permission=permission_of(service, operation), is_denied=False, code="endless list")
                )
            seen.update(more.values())

    def _client(self, service: str, operation: str, region: str | None) -> Any:  # noqa: ANN401  (made at run time)
        """A client; the library looks for the login when it makes one, and a program that should give it may fail."""
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415  (as above)

        try:
            return self.client(service, region or self.unit.region)
        except (BotoCoreError, ValueError) as error:  # the latter for an address of the interface that is none
            permission = permission_of(service, operation)
            raise CallRefused(Gap(permission=permission, is_denied=False, code=type(error).__name__)) from error

    def _method(self, service: str, operation: str, region: str | None) -> Callable[..., dict[str, Any]]:
        from botocore import xform_name  # noqa: PLC0415  (as above)

        client = self._client(service, operation, region)
        method: Callable[..., dict[str, Any]] = getattr(client, xform_name(operation))
        return method

    def _guarded(
        self, service: str, operation: str, absent: Sequence[str], ask: Callable[[], dict[str, Any] | None]
    ) -> dict[str, Any] | None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  (as above)
        from botocore.parsers import ResponseParserError  # noqa: PLC0415  (as above)

        permission = permission_of(service, operation)
        if self.stop.is_set():
            raise CallRefused(Gap(permission=permission, is_denied=False, code="stopped"))
        if self.out_of_reach >= MOST_OUT_OF_REACH:
            raise CallRefused(Gap(permission=permission, is_denied=False, code="region out of reach"))
        try:
            answer = ask()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            self._note(service, operation, error.response)
            if code in absent:
                return None
            if code in _UNUSED:
                raise ServiceUnused from error
            raise CallRefused(Gap(permission=permission, is_denied=code.startswith(_DENIED), code=code[:60])) from error
        except (BotoCoreError, ResponseParserError) as error:  # the latter where a proxy answers with a page of its own
            self.out_of_reach += 1
            raise CallRefused(Gap(permission=permission, is_denied=False, code=type(error).__name__)) from error
        if answer is not None:
            self._note(service, operation, answer)
            self.out_of_reach = 0
        return answer

    def _note(self, service: str, operation: str, answer: dict[str, Any]) -> None:
        meta = answer.get("ResponseMetadata", {})
        octets = str(meta.get("HTTPHeaders", {}).get("content-length", "0"))
        request = ProofRequest(
            method=service, what=operation, status=meta.get("HTTPStatusCode"),
            bytes=int(octets) if octets.isdigit() else 0,
        )  # fmt: skip
        self.asked.append(request)


class Draft:
    """One resource, while its values are learnt."""

    def __init__(self, asker: Asker, kind: str, service: str, name: str, *, region: str | None = None) -> None:
        """`region` where the resource lies, if not in the unit's own."""
        self._asker, self._kind = asker, kind
        unit = asker.unit
        self._resource = Resource(account=unit.account, region=region or unit.region, service=service, name=name)
        self._first = len(asker.asked)
        self._listed = asker.listed
        self._gaps: dict[str, Gap] = {}
        self.values: dict[str, Any] = {}

    def learn(self, name: str, ask: Callable[..., Any], *given: object) -> None:
        """Ask for one value, as `ask` does with what is given; what is refused becomes a gap."""
        try:
            self.values[name] = ask(*given)
        except CallRefused as refused:
            self._gaps[name] = refused.gap

    def fact(
        self, *, endpoints: Sequence[str] = (), product: str | None = None, version: str | None = None
    ) -> CloudFact:
        """What is known now."""
        listed = (self._listed,) if self._listed else ()
        requests = dict.fromkeys((*listed, *self._asker.asked[self._first :]))
        return CloudFact(
            kind=self._kind, resource=self._resource, values=self.values, gaps=self._gaps,
            asked=tuple(requests), endpoints=tuple(endpoints), product=product,
            version=version,
        )  # fmt: skip
