"""Policies: who outside may do what, by a resource's own policy.

It answers for principals and conditions, and for a Deny that closes what an Allow opens where that is plain to see.
Whatever it cannot tell it calls unclear, so that a person reads it; it never guesses towards closed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

from leakguard.frozen import Frozen
from leakguard.owners.cloud_checks.conditions import Effect, Limit, limits_of, strongest, turned_round

MOST_CHARACTERS = 100_000
"""The largest policy of any service that is asked has 20,480 characters (S3, Secrets Manager)."""
MOST_SHOWN = 5
_ACCOUNT_IN = re.compile(r"arn:[a-z-]*:(?:iam|sts)::(\d{12}):\S+|(\d{12})", re.ASCII)
_READING = re.compile(
    r"(get|list|describe|batch|head|read|select|receive|subscribe|download|query|search|scan|clientmount|esshttpget|eshttpget|"
    r"eshttphead|eshttppost|initiatejob|copy|restore|\*|\?)"
)
"""Actions by which data leaves. A POST to a search engine is how it is searched."""
_CLOUDFRONT = re.compile(r"arn:[a-z-]*:iam::cloudfront:user/", re.ASCII)


class Openness(IntEnum):
    """Who is let in, from nobody to everybody; the largest of all statements counts."""

    CLOSED = 0
    LIMITED = 1
    """Everybody under a condition that keeps strangers out."""
    ACCOUNTS = 2
    """Other accounts, by their numbers."""
    UNCLEAR = 3
    """A person must read it."""
    PUBLIC = 4


class Judgement(Frozen):
    """What a policy lets strangers do; never its text."""

    standing: Openness = Openness.CLOSED
    accounts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    """Those of the statements that decided."""
    why: str = ""
    """The condition that limits, or what could not be read."""

    @property
    def reads(self) -> bool:
        """Whether data may leave."""
        return any(_READING.match(_verb(action)) for action in self.actions)

    @property
    def writes(self) -> bool:
        """Whether something may be changed."""
        return any(_verb(action) == "*" or not _READING.match(_verb(action)) for action in self.actions)

    def as_values(self) -> dict[str, object]:
        """For rules of checks."""
        shown = ", ".join(self.actions[:MOST_SHOWN]) + (" ..." if self.actions[MOST_SHOWN:] else "")
        return {
            "standing": self.standing.name.lower(), "accounts": ", ".join(self.accounts[:MOST_SHOWN]), "may": shown,
            "why": self.why, "reads": self.reads, "writes": self.writes,
        }  # fmt: skip


def judge_policy(policy: object, *, own: frozenset[str]) -> Judgement:
    """Judge a policy, as text or as plain values; `own` are our accounts. Never raises, whatever it is given."""
    if policy is None or policy in ("", {}):
        return Judgement()
    statements = _statements(policy)
    if statements is None:
        return Judgement(standing=Openness.UNCLEAR, why="it cannot be read as a policy")
    denied = [
        statement
        for statement in statements
        if statement.get("Effect") == "Deny" and _is_everybody(statement.get("Principal"))
    ]
    return _worst([_left_of(statement, denied, own) for statement in statements if statement.get("Effect") == "Allow"])


def _statements(policy: object) -> list[Mapping[str, Any]] | None:
    if isinstance(policy, str):
        try:
            policy = json.loads(policy) if len(policy) <= MOST_CHARACTERS else None
        except (ValueError, RecursionError):
            return None
    if not isinstance(policy, Mapping):
        return None
    statements = policy.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    found = [each for each in listed if isinstance(each, Mapping) and each.get("Effect") in ("Allow", "Deny")]
    return found if len(found) == len(listed) else None


def _worst(found: Sequence[Judgement]) -> Judgement:
    standing = max((each.standing for each in found), default=Openness.CLOSED)
    deciding = [each for each in found if each.standing is standing]
    return Judgement(
        standing=standing, accounts=_each_once(each.accounts for each in deciding),
        actions=_each_once(each.actions for each in deciding),
        why="; ".join(_each_once((each.why,) for each in deciding if each.why)[:MOST_SHOWN]),
    )  # fmt: skip


def _each_once(lists: Iterator[Sequence[str]] | Any) -> tuple[str, ...]:  # noqa: ANN401  (a generator of texts)
    return tuple(dict.fromkeys(word for words in lists for word in words))


def _allowed(statement: Mapping[str, Any], own: frozenset[str]) -> Judgement:
    actions, limit = _actions(statement), strongest(limits_of(statement.get("Condition"), own=own))
    who = _principals(statement, own)
    if who.standing is Openness.PUBLIC:
        return _limited(actions, limit)
    if who.standing is Openness.ACCOUNTS and limit.effect is Effect.NARROW:
        return Judgement(standing=Openness.LIMITED, actions=actions, why=limit.words)
    return Judgement(standing=who.standing, accounts=who.accounts, actions=actions, why=who.why)


def _limited(actions: tuple[str, ...], limit: Limit) -> Judgement:
    """Everybody is named, and a condition may keep most of them out."""
    standing = {
        Effect.NONE: Openness.PUBLIC, Effect.UNCLEAR: Openness.UNCLEAR, Effect.ACCOUNTS: Openness.ACCOUNTS,
        Effect.NARROW: Openness.LIMITED,
    }[limit.effect]  # fmt: skip
    return Judgement(standing=standing, accounts=tuple(sorted(limit.accounts)), actions=actions, why=limit.words)


def _principals(statement: Mapping[str, Any], own: frozenset[str]) -> Judgement:
    """Who is named. Everybody but a few is everybody."""
    if "NotPrincipal" in statement:
        return Judgement(standing=Openness.PUBLIC)
    principal = statement.get("Principal")
    if principal == "*":
        return Judgement(standing=Openness.PUBLIC)
    if not isinstance(principal, Mapping):
        return Judgement(standing=Openness.UNCLEAR, why="its principal cannot be read")
    return _worst([_named(str(kind), name, own) for kind, names in principal.items() for name in _listed(names)])


def _named(kind: str, name: str, own: frozenset[str]) -> Judgement:
    if name == "*" and kind != "Service":
        return Judgement(standing=Openness.PUBLIC)
    if kind == "Service" and "*" not in name:
        return Judgement()
    found = _ACCOUNT_IN.fullmatch(name) if kind == "AWS" else None
    if found:
        account = found[1] or found[2]
        return Judgement() if account in own else Judgement(standing=Openness.ACCOUNTS, accounts=(account,))
    if kind == "AWS" and _CLOUDFRONT.match(name):
        return Judgement(standing=Openness.UNCLEAR, why="a CloudFront distribution may read it")
    return Judgement(standing=Openness.UNCLEAR, why=f"a principal of the kind {kind[:20]} is let in")


def _left_of(statement: Mapping[str, Any], denials: Sequence[Mapping[str, Any]], own: frozenset[str]) -> Judgement:
    """What is left of an Allow; a Deny for everybody can close it, for the actions and resources that it names."""
    allowed = _allowed(statement, own)
    if allowed.standing < Openness.UNCLEAR:
        return allowed
    resources = _listed(statement.get("Resource", "*"))
    for denial in denials:
        if not _covers(_listed(denial.get("Action")), allowed.actions) or not _covers(_denied(denial), resources):
            continue
        if not denial.get("Condition"):
            return Judgement()
        limit = strongest(limits_of(turned_round(denial["Condition"]), own=own))
        if limit.effect > Effect.UNCLEAR:
            return _limited(allowed.actions, limit)
        if limit.effect is Effect.UNCLEAR:
            allowed = Judgement(
                standing=Openness.UNCLEAR, actions=allowed.actions, why="a Deny statement may keep strangers out"
            )
    return allowed


def _denied(denial: Mapping[str, Any]) -> list[str]:
    """The resources of a Deny; one that names exceptions closes none for certain."""
    return [] if "NotResource" in denial else _listed(denial.get("Resource", "*"))


def _is_everybody(principal: object) -> bool:
    return principal == "*" or (isinstance(principal, Mapping) and "*" in _listed(principal.get("AWS")))


def _covers(denied: Sequence[str], allowed: Sequence[str]) -> bool:
    """Whether every name is denied, by itself or by what it begins with; without regard to capitals."""
    return bool(allowed) and all(any(_fits(pattern, name) for pattern in denied) for name in allowed)


def _fits(pattern: str, name: str) -> bool:
    stem, star, rest = pattern.lower().partition("*")
    return not rest and "?" not in stem and (name.lower().startswith(stem) if star else name.lower() == stem)


def _actions(statement: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_listed(statement["Action"])) if "Action" in statement else ("*",)


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]


def _verb(action: str) -> str:
    """`s3:GetObject` as `getobject`, `s3:*` as `*`."""
    return action.rpartition(":")[2].lower()
