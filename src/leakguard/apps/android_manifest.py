"""What a compiled manifest declares, from its elements: the package, its levels, and the permissions after merging."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.apps.elements import Element
from leakguard.apps.unread import CannotRead, need
from leakguard.apps.values import DeclaredPermission
from leakguard.frozen import Frozen

_ROOT = ("manifest",)
_USES = frozenset({"uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m"})
_NEVER_FOR_LOCATION = 0x10000
_BINDABLE = frozenset({"service", "receiver"})
LONGEST = 256
"""Letters of a name that are kept; Android itself refuses longer ones."""
MOST_PERMISSIONS = 1000


class Manifest(Frozen):
    """One manifest; a bundle has several."""

    package: str
    version: str = ""
    min_sdk: int | None = None
    target_sdk: int | None = None
    permissions: tuple[DeclaredPermission, ...] = ()
    bound: tuple[str, ...] = ()
    """Permissions of the system by which it may call a service of the app, such as one for accessibility."""
    unclear: tuple[str, ...] = ()
    """What stands in the app's resources, where it is not read."""


def manifest_of(elements: Iterable[Element]) -> Manifest:
    """Raises `CannotRead` for what is no manifest, or cannot be read to its end."""
    found = _Found()
    for element in elements:
        found.take(element)
    return found.manifest()


class _Found:
    def __init__(self) -> None:
        self._root: Element | None = None
        self._sdk: Element | None = None
        self._permissions: dict[str, DeclaredPermission] = {}
        self._bound: list[str] = []
        self._unclear: list[str] = []

    def take(self, element: Element) -> None:
        if self._root is None:
            need(element.path == _ROOT, "it is the manifest of no app")
            self._root = element
        *parents, tag = element.path
        if tag in _USES and tuple(parents) == _ROOT:
            self._keep(element)
        elif tag == "uses-sdk" and tuple(parents) == _ROOT:
            self._sdk = element
        elif tag in _BINDABLE and 0 < len(name := element.text("permission")) <= LONGEST:
            self._bound.append(name)

    def manifest(self) -> Manifest:
        root, sdk = self._root, self._sdk
        if root is None:
            raise CannotRead("it is the manifest of no app")
        need(len(self._permissions) <= MOST_PERMISSIONS, f"it asks for more than {MOST_PERMISSIONS:,} permissions")
        if sdk is not None and (sdk.is_in_resources("targetSdkVersion") or sdk.is_in_resources("minSdkVersion")):
            self._unclear.append("the level that the app is made for")
        least = sdk.number("minSdkVersion") if sdk is not None else None
        return Manifest(
            package=root.text("package")[:LONGEST], version=root.text("versionName")[:LONGEST], min_sdk=least,
            target_sdk=(sdk.number("targetSdkVersion") if sdk is not None else None) or least,
            permissions=tuple(self._permissions.values()), bound=_once(self._bound), unclear=_once(self._unclear),
        )  # fmt: skip

    def _keep(self, element: Element) -> None:
        if element.is_in_resources("name"):
            self._unclear.append("the name of a permission")
            return
        name = element.text("name")
        if not name or len(name) > LONGEST:
            return
        stated = DeclaredPermission(
            name=name, most_sdk=element.number("maxSdkVersion"), is_never_for_location=_is_never_for_location(element)
        )
        known = self._permissions.get(name)
        self._permissions[name] = stated if known is None else _wider(known, stated)


def _is_never_for_location(element: Element) -> bool:
    flags = element.number("usesPermissionFlags")
    return bool((flags or 0) & _NEVER_FOR_LOCATION) or "neverForLocation" in element.text("usesPermissionFlags")


def _wider(permission: DeclaredPermission, other: DeclaredPermission) -> DeclaredPermission:
    """The same permission asked for twice, as far as either goes."""
    levels = (permission.most_sdk, other.most_sdk)
    return DeclaredPermission(
        name=permission.name, most_sdk=None if None in levels else max(level or 0 for level in levels),
        is_never_for_location=permission.is_never_for_location and other.is_never_for_location,
    )  # fmt: skip


def merged(manifests: Iterable[Manifest]) -> Manifest:
    """The manifests of a bundle's modules as one: a device that gets all of them has all of their permissions."""
    base, *others = every = tuple(manifests)
    permissions = {permission.name: permission for permission in base.permissions}
    for manifest in others:
        for permission in manifest.permissions:
            known = permissions.get(permission.name)
            permissions[permission.name] = permission if known is None else _wider(known, permission)
    return Manifest(
        package=base.package, version=base.version, min_sdk=base.min_sdk, target_sdk=base.target_sdk,
        permissions=tuple(permissions.values()), bound=_once(name for each in every for name in each.bound),
        unclear=_once(text for each in every for text in each.unclear),
    )  # fmt: skip


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
