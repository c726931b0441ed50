"""Judges what a package asks for against its category: needed, explainable or unrelated; and what else it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from leakguard.apps.definitions import Access, AppRules, Category, Fit, Need
from leakguard.apps.values import AppFacts, DeclaredPermission
from leakguard.frozen import Frozen

ALL_AT_INSTALL = 23
"""Below this level Android grants everything when the app is installed, and asks nothing."""
_BY_SYSTEM = "android.permission.BIND_"
"""A service with such a guard gives the system, and by it the app, what the guard names."""
_OF_THE_SYSTEM = ("android.", "com.android.", "com.google.android.")
"""How permissions of Android and of its makers begin."""
_ORDER = (Need.UNRELATED, Need.EXPLAINABLE, Need.NEEDED, Need.NO_INFORMATION)


class SignKind(StrEnum):
    """What a package shows besides its permissions."""

    GRANTED_AT_INSTALL = "granted_at_install"
    EMPTY_PURPOSE = "empty_purpose"
    SECRET_SHIPPED = "secret_shipped"  # noqa: S105  (a kind of sign)
    TRACKING = "tracking"
    NEARBY_MAY_LOCATE = "nearby_may_locate"
    NEVER_GRANTED = "never_granted"


PROBLEMS = frozenset({SignKind.GRANTED_AT_INSTALL, SignKind.EMPTY_PURPOSE, SignKind.SECRET_SHIPPED})
"""What has to be corrected; the others are to be known."""
GROUPS = {SignKind.GRANTED_AT_INSTALL: 3, SignKind.EMPTY_PURPOSE: 2, SignKind.TRACKING: 5}
"""The group of illegal collection that a sign hints at."""


class RequestedAccess(Frozen):
    """One thing that the app asks for, and how it stands to the category."""

    access: Access
    by: tuple[str, ...]
    """Permissions or keys, in the order in which they are declared."""
    fit: Fit


class AppSign(Frozen):
    """Something else to be known."""

    kind: SignKind
    where: tuple[str, ...]


class AppVerdict(Frozen):
    """What is said of one package."""

    category: Category
    facts: AppFacts
    asked: tuple[RequestedAccess, ...]
    """The worst first."""
    signs: tuple[AppSign, ...]
    not_judged: tuple[str, ...] = ()
    """Permissions and keys that stand in no table of ours: most lead to no personal information, and nobody can say so
    of a maker's own."""

    def with_need(self, need: Need) -> tuple[RequestedAccess, ...]:
        """Those of one verdict."""
        return tuple(each for each in self.asked if each.fit.need is need)

    @property
    def asks_for_more(self) -> bool:
        """Whether it asks for something that its category has nothing to do with."""
        return bool(self.with_need(Need.UNRELATED))

    @property
    def is_problem(self) -> bool:
        """Whether something has to be corrected."""
        return self.asks_for_more or any(sign.kind in PROBLEMS for sign in self.signs)


def judge_app(facts: AppFacts, category: Category, rules: AppRules) -> AppVerdict:
    """Pure, and total: what is in no table is listed as such."""
    asked: dict[str, list[str]] = {}
    unknown: list[str] = []
    for name in _asked_for(facts, rules):
        access = access_of(name, rules)
        if access is None:
            unknown.append(name)
        else:
            asked.setdefault(access.id, []).append(name)
    judged = [_judged(rules.accesses[name], by, category, rules) for name, by in asked.items()]
    return AppVerdict(
        category=category, facts=facts, asked=tuple(sorted(judged, key=lambda one: _ORDER.index(one.fit.need))),
        signs=tuple(_signs(facts, judged)), not_judged=tuple(unknown),
    )  # fmt: skip


def access_of(name: str, rules: AppRules) -> Access | None:
    """What a permission or a key leads to; a whole family stands in the tables as `prefix.*`."""
    family = f"{name.rpartition('.')[0]}.*"
    return rules.by_permission.get(name) or rules.by_ios_key.get(name) or rules.by_permission.get(family)


def is_ever_granted(permission: DeclaredPermission, facts: AppFacts) -> bool:
    """Whether there is a version of Android on which the app runs and asks for it."""
    return permission.most_sdk is None or facts.min_sdk is None or permission.most_sdk >= facts.min_sdk


def _asked_for(facts: AppFacts, rules: AppRules) -> Iterator[str]:
    """Permissions but the app's own, services that the system may call, and keys, each once."""
    names = [permission.name for permission in facts.permissions if is_ever_granted(permission, facts)]
    names += [name for name in facts.bound if name in rules.by_permission and name.startswith(_BY_SYSTEM)]
    names += [purpose.key for purpose in facts.purposes]
    yield from dict.fromkeys(name for name in names if not _is_own(name, facts, rules))


def _is_own(name: str, facts: AppFacts, rules: AppRules) -> bool:
    """Whether it is a permission of the app itself: none of the system or of the tables, whatever it is called."""
    is_below = bool(facts.package) and name.startswith(f"{facts.package}.")
    return is_below and not name.startswith(_OF_THE_SYSTEM) and access_of(name, rules) is None


def _judged(access: Access, by: Iterable[str], category: Category, rules: AppRules) -> RequestedAccess:
    fit = category.fits.get(access.id, rules.unrelated)
    if not access.kinds:
        fit = Fit(need=Need.NO_INFORMATION, why=access.words, confidence="inference")
    return RequestedAccess(access=access, by=tuple(by), fit=fit)


def _signs(facts: AppFacts, judged: list[RequestedAccess]) -> Iterator[AppSign]:
    asks = any(each.fit.need is not Need.NO_INFORMATION for each in judged)
    if facts.target_sdk is not None and facts.target_sdk < ALL_AT_INSTALL and asks:
        yield AppSign(kind=SignKind.GRANTED_AT_INSTALL, where=(str(facts.target_sdk),))
    found = {
        SignKind.EMPTY_PURPOSE: [purpose.key for purpose in facts.purposes if not purpose.text],
        SignKind.SECRET_SHIPPED: [f"{secret.kind} in {secret.where}" for secret in facts.shipped.secrets],
        SignKind.TRACKING: [
            domain
            for manifest in facts.manifests
            if manifest.is_tracking or manifest.domains
            for domain in manifest.domains or (manifest.where,)
        ],
        SignKind.NEARBY_MAY_LOCATE: [
            permission.name
            for permission in facts.permissions
            if permission.name in _MAY_LOCATE
            and not permission.is_never_for_location
            and is_ever_granted(permission, facts)
        ],
        SignKind.NEVER_GRANTED: [
            permission.name for permission in facts.permissions if not is_ever_granted(permission, facts)
        ],
    }
    for kind, where in found.items():
        if where:
            yield AppSign(kind=kind, where=tuple(dict.fromkeys(where)))


_MAY_LOCATE = frozenset({"android.permission.BLUETOOTH_SCAN", "android.permission.NEARBY_WIFI_DEVICES"})
"""By what is near one can tell where the device is, unless the manifest says `neverForLocation`."""
