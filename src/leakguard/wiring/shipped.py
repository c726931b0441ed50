"""What reads shipped code: the forms, and the key of the marks by which a secret is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from leakguard.bundled import BundledFiles
from leakguard.errors import LeakGuardError
from leakguard.settings import Settings

if TYPE_CHECKING:
    from leakguard.apps.definitions import AppRules
    from leakguard.shipped.forms import ShippedForms
    from leakguard.shipped.reader import ShippedReader


class ShippedWiringBase(Protocol):
    """What this part needs of the others."""

    settings: Settings
    _forms: ShippedForms | None

    @property
    def bundled(self) -> BundledFiles:
        """The data folders."""

    def shipped_forms(self) -> ShippedForms:
        """All forms that we know."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


class ShippedWiring:
    """The part of `Wiring` that reads what pages and apps ship."""

    _forms: ShippedForms | None = None

    def shipped_forms(self: ShippedWiringBase) -> ShippedForms:
        """All forms that we know; raises `BadFile` where `shipped/` was changed and is broken."""
        from leakguard.shipped.forms import FOLDER  # noqa: PLC0415  (few scans meet a page)
        from leakguard.shipped.reading import parse_forms  # noqa: PLC0415  (as above)

        if self._forms is None:
            self._forms = parse_forms(self.bundled.texts(FOLDER))
        return self._forms

    def shipped_reader(self: ShippedWiringBase) -> ShippedReader:
        """Looks for all forms that we know; raises as `shipped_forms` does."""
        from leakguard.shipped.reader import ShippedReader  # noqa: PLC0415  (few scans meet a page)

        return ShippedReader(self.shipped_forms(), key=_marks_key(self))

    def app_rules(self: ShippedWiringBase) -> AppRules:
        """By which an app is held against its category; raises `BadFile` where `apps/` was changed and is broken."""
        from leakguard.use_cases.apps.check_apps import load_app_rules  # noqa: PLC0415  (as above)

        return load_app_rules(self.bundled)


def _marks_key(around: ShippedWiringBase) -> bytes:
    """The key beside a store in a file; none for a worker, which keeps no store, or where it cannot be written."""
    from leakguard.store.letters_key import letters_key, marks_key_file  # noqa: PLC0415  (as above)
    from leakguard.store.places import file_of  # noqa: PLC0415  (as above)

    file, key = file_of(around.settings.store), marks_key_file(around.settings.store)
    if file is None or key is None or not file.exists():
        return b""
    try:
        return letters_key(key, around.token)
    except LeakGuardError:
        return b""
