"""What was read of an app's package: names, numbers and places; never the value of a secret."""

from __future__ import annotations

from typing import Literal

from leakguard.frozen import Frozen
from leakguard.models.shipped import ShippedFindings

Kind = Literal["apk", "aab", "ipa"]


class DeclaredPermission(Frozen):
    """One permission that the merged manifest of an Android app asks for."""

    name: str
    most_sdk: int | None = None
    """The last version of Android, by its API level, on which it is asked for."""
    is_never_for_location: bool = False
    """Whether the manifest states that what is seen nearby is not used to find where the device is."""


class PurposeString(Frozen):
    """What an iOS app says before it asks; the text itself is kept, as everybody who uses the app reads it."""

    key: str
    text: str
    where: str


class PrivacyManifest(Frozen):
    """`PrivacyInfo.xcprivacy` of an app, or of a library in it."""

    where: str
    is_tracking: bool
    domains: tuple[str, ...] = ()
    collected: tuple[str, ...] = ()
    """`NSPrivacyCollectedDataTypePreciseLocation` and others, as they stand there."""


class SdkSeen(Frozen):
    """A library of somebody else, as `apps/sdks.yaml` names it."""

    id: str
    where: str


class UnreadPart(Frozen):
    """A part that could not be read: nothing is said of it."""

    part: str
    why: str
    concerns: tuple[str, ...]
    """What was not checked for that: `permissions`, `purpose strings`, `privacy manifests`, `libraries`, `secrets`."""


class AppFacts(Frozen):
    """Everything that a package says by itself."""

    kind: Kind
    package: str = ""
    version: str = ""
    min_sdk: int | None = None
    target_sdk: int | None = None
    permissions: tuple[DeclaredPermission, ...] = ()
    bound: tuple[str, ...] = ()
    """Permissions of the system by which it may call a service of the app."""
    purposes: tuple[PurposeString, ...] = ()
    manifests: tuple[PrivacyManifest, ...] = ()
    sdks: tuple[SdkSeen, ...] = ()
    shipped: ShippedFindings = ShippedFindings()
    unread: tuple[UnreadPart, ...] = ()
