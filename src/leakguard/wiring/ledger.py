"""Who signs for the ledger, where its heads are kept, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from leakguard.bundled import BundledFiles
from leakguard.errors import NotFound
from leakguard.settings import KEY_FILE, Settings, head_words

if TYPE_CHECKING:
    from leakguard.ledger.keys import SigningKey
    from leakguard.ledger.signed_heads import Trust
    from leakguard.models.file_modes import Access
    from leakguard.ports import Channel
    from leakguard.store.kept_files import KeptFiles
    from leakguard.store.key_file import HeadSigner
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.proofs.evidence_heads import HeadKeeper, HeadPlace


def shown_store(place: str) -> str:
    """A store as it may be shown: the file, or the URL without its password; raises `StoreUnusable` for neither."""
    from leakguard.store.places import name_of  # noqa: PLC0415  (`--help` must not load it)

    return name_of(place)


class LedgerWiringBase(Protocol):
    """What this part needs of the others."""

    settings: Settings

    @property
    def bundled(self) -> BundledFiles:
        """The data folders."""

    @property
    def existing_store(self) -> SqlStore:
        """The store."""

    @property
    def signing_key(self) -> SigningKey | None:
        """The key that signs heads."""

    def vouching_store(self) -> SqlStore:
        """The store that the key may vouch for."""

    def head_places(self) -> tuple[HeadPlace, ...]:
        """The second places for heads."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def channels(self) -> Mapping[str, Channel]:
        """The channels that the settings name."""


class LedgerWiring:
    """The part of `Wiring` that vouches for the ledger."""

    settings: Settings

    def kept_files(self) -> KeptFiles:
        """The folder of kept copies of evidence."""
        from leakguard.store.kept_files import KeptFiles  # noqa: PLC0415  (`--help` must not load it)

        return KeptFiles.beside(self.settings.store, self.access)

    @cached_property
    def signing_key(self) -> SigningKey | None:
        """The key that signs heads; nothing where there is none. Raises `BadFile` for a file that holds none."""
        from leakguard.store.key_file import read_key  # noqa: PLC0415  (`--help` must not load it)

        return read_key(Path(self.settings.key or KEY_FILE), is_named=bool(self.settings.key))

    @cached_property
    def access(self) -> Access:
        """Whom the store's files belong to; raises `NotFound` for a group that this machine does not know."""
        from leakguard.models.file_modes import Access  # noqa: PLC0415  (`--help` must not load it)

        if not self.settings.group:
            return Access()
        import grp  # noqa: PLC0415  (most stores have one owner)

        try:
            return Access(group=grp.getgrnam(self.settings.group).gr_gid)
        except KeyError as error:
            raise NotFound(
                f"leakguard.toml names the group `{self.settings.group[:60]}`, and this machine has none",
                next_step="Make it with groupadd, or take `group` out of leakguard.toml.",
            ) from error

    @cached_property
    def head_signer(self) -> HeadSigner | None:
        """The key as this process may use it for every head; nothing where it may not. Raises `BadFile`."""
        from leakguard.store.key_file import read_signer  # noqa: PLC0415  (`--help` must not load it)

        return read_signer(Path(self.settings.key or KEY_FILE), is_named=bool(self.settings.key))

    def trust(self) -> Trust | None:
        """The key that heads have to be signed with, or its public half; nothing where there is neither."""
        from leakguard.ledger.signed_heads import Trust  # noqa: PLC0415  (as above)
        from leakguard.store.key_file import read_public  # noqa: PLC0415  (as above)

        signer = self.head_signer
        if signer is not None:
            return Trust(key=signer.key.public, is_strict=signer.is_strict)
        public = read_public(Path(self.settings.key or KEY_FILE))
        return Trust(key=public) if public is not None else None

    def vouching_store(self: LedgerWiringBase) -> SqlStore:
        """The store, where the key may vouch for what is in it; raises `LedgerBroken` where it must not."""
        store = self.existing_store
        store.refuse_unsigned()
        return store

    def head_places(self: LedgerWiringBase) -> tuple[HeadPlace, ...]:
        """The second places for heads that are told on demand; raises `NotFound` for a channel that there is not."""
        from leakguard.store.head_places import make_places  # noqa: PLC0415  (`--help` must not load it)

        names = head_words(self.settings, "channel:")
        return make_places(head_words(self.settings, "git:"), names, self.channels() if names else {})

    def head_keeper(self: LedgerWiringBase) -> HeadKeeper:
        """Who keeps heads in these places while a watchman is at work."""
        from leakguard.use_cases.proofs.evidence_heads import HeadKeeper  # noqa: PLC0415  (`--help` must not load it)

        store = self.existing_store
        store.refuse_never_signed()
        return HeadKeeper(
            store=store, key=self.signing_key, places=self.head_places(), now=self.now, refuse=store.refuse_unsigned
        )

    def verifier(self: LedgerWiringBase) -> str:
        """The program that verifies bundles without anything of ours."""
        return self.bundled.text("verifier", "verify.py")
