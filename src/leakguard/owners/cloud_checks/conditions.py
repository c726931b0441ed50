"""Conditions of a policy's statement: whether they keep strangers out, by what, or whether a person must read them.

All keys of a condition must hold, so one that narrows is enough; one value that lets everybody in opens its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

from leakguard.frozen import Frozen
from leakguard.owners.cloud_checks.networks import is_wide, parse_network


class Effect(IntEnum):
    """What a condition does to "everybody", from nothing to closed; the largest of several keys counts."""

    NONE = 0
    """It says nothing about who asks."""
    UNCLEAR = 1
    """Nobody can tell without knowing the organisation."""
    ACCOUNTS = 2
    """Only these accounts."""
    NARROW = 3
    """Only our own networks, our own organisation, or a service that acts for us."""


class Limit(Frozen):
    """What one key does."""

    effect: Effect
    words: str = ""
    """The key and its values, as far as they decide."""
    accounts: frozenset[str] = frozenset()


MOST_WORDS = 120
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ARN = re.compile(r"arn:[a-z-]*:([a-z0-9-]*):[a-z0-9-]*:(\d{12}|):\S+", re.ASCII)
_WILD = re.compile(r"[*?]|\$\{")
ACCOUNT_KEYS = frozenset({
    "aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount", "s3:dataaccesspointaccount",
})  # fmt: skip
ARN_KEYS = frozenset({"aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"})
NETWORK_KEYS = frozenset({"aws:sourcevpc", "aws:sourcevpce"})
ORGANISATION_KEYS = frozenset({
    "aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths",
})  # fmt: skip
TRUE_KEYS = frozenset({"elasticfilesystem:accessedviamounttarget", "aws:principalisawsservice"})
"""Narrow where they are `true`: in our own network, or a service of the provider."""
WHATEVER_KEYS = frozenset({
    "aws:securetransport", "aws:referer", "aws:useragent", "aws:currenttime", "aws:epochtime", "aws:requestedregion",
    "aws:resourceaccount", "aws:resourceorgid", "aws:multifactorauthpresent", "s3:prefix", "s3:delimiter",
    "s3:max-keys", "s3:tlsversion", "s3:authtype", "s3:signatureversion", "s3:existingobjecttag",
})  # fmt: skip
"""They say how, when or what is asked for, or can be forged (Referer, User-Agent); never who asks."""
_STRING = frozenset({"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"})
_NEGATED = {
    "stringnotequals": "stringequals", "stringnotlike": "stringlike", "arnnotequals": "arnequals",
    "arnnotlike": "arnlike", "notipaddress": "ipaddress", "stringnotequalsignorecase": "stringequalsignorecase",
}  # fmt: skip


def limits_of(condition: object, *, own: frozenset[str]) -> list[Limit]:
    """What each key of a condition does; a condition that is none is unclear."""
    if condition is None:
        return []
    if not isinstance(condition, Mapping):
        return [Limit(effect=Effect.UNCLEAR, words="a condition that cannot be read")]
    return [_limit(operator, key, values, own) for operator, key, values in _keys(condition)]


def strongest(limits: list[Limit]) -> Limit:
    """The key that decides; without any, there is no limit."""
    return max(limits, key=lambda limit: limit.effect, default=Limit(effect=Effect.NONE))


def turned_round(condition: object) -> object:
    """The condition under which a Deny does not apply, where that can be said: it has one key, and is negated."""
    keys = list(_keys(condition)) if isinstance(condition, Mapping) else []
    if len(keys) != 1:
        return "several keys"
    operator, key, values = keys[0]
    if operator.lower() in _NEGATED:
        return {_NEGATED[operator.lower()]: {key: list(values)}}
    if operator.lower() == "bool" and len(values) == 1:
        return {"Bool": {key: str(values[0]).lower() == "false"}}
    return "not negated"


def _keys(condition: Mapping[Any, Any]) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    for operator, tests in condition.items():
        if not isinstance(tests, Mapping):
            yield str(operator), "?", ()
            continue
        for key, values in tests.items():
            yield str(operator), str(key), tuple(values) if isinstance(values, list) else (values,)


def _limit(operator: str, key: str, values: tuple[Any, ...], own: frozenset[str]) -> Limit:
    """A qualifier such as `IfExists` also lets those in whose request has no such key; a person has to see that."""
    name, bare = key.lower(), operator.lower()
    words = _words(key, values)
    if name.partition("/")[0] in WHATEVER_KEYS or name.startswith("s3:x-amz-") or bare in _NEGATED:
        return Limit(effect=Effect.NONE)
    if values and name == "aws:sourceip" and bare == "ipaddress":
        return _by_address(words, values)
    if values and name in TRUE_KEYS and bare == "bool":
        return Limit(effect=_when(all(str(value).lower() == "true" for value in values)), words=words)
    if values and bare in _STRING:
        return _by_name(name, words, tuple(map(str, values)), own)
    return Limit(effect=Effect.UNCLEAR, words=words)


def _by_name(name: str, words: str, values: tuple[str, ...], own: frozenset[str]) -> Limit:
    if name in ORGANISATION_KEYS | NETWORK_KEYS:
        return Limit(effect=_when(not any(_WILD.match(value.removeprefix("o-")) for value in values)), words=words)
    if name not in ACCOUNT_KEYS | ARN_KEYS:
        return Limit(effect=Effect.UNCLEAR, words=words)
    accounts = _accounts_in(values) if name in ARN_KEYS else _accounts(values)
    if accounts is None:
        return Limit(effect=Effect.NONE, words=words)
    strangers = accounts - own
    return Limit(effect=Effect.ACCOUNTS if strangers else Effect.NARROW, words=words, accounts=strangers)


def _accounts(values: tuple[str, ...]) -> frozenset[str] | None:
    """The accounts, or `None` where one of them stands for many."""
    return frozenset(values) if all(_ACCOUNT.fullmatch(value) for value in values) else None


def _accounts_in(values: tuple[str, ...]) -> frozenset[str] | None:
    """Those of names of resources; a bucket has none in its name, and is one of its kind all the same."""
    found = [_ARN.fullmatch(value) for value in values]
    if any(match is None or (not match[2] and _WILD.search(match[0])) for match in found):
        return None
    return frozenset(match[2] for match in found if match and match[2])


def _by_address(words: str, values: tuple[Any, ...]) -> Limit:
    networks = [parse_network(str(value)) for value in values]
    if any(network is None for network in networks):
        return Limit(effect=Effect.UNCLEAR, words=words)
    return Limit(effect=_when(not is_wide(network for network in networks if network is not None)), words=words)


def _when(is_narrow: bool) -> Effect:  # noqa: FBT001  (it is the one thing that is said)
    return Effect.NARROW if is_narrow else Effect.NONE


def _words(key: str, values: tuple[Any, ...]) -> str:
    shown = ", ".join(str(value) for value in values[:3]) + (" ..." if values[3:] else "")
    return f"{key} {shown}"[:MOST_WORDS]
