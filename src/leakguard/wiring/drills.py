"""What keeps a drill out of the store of real incidents."""

from __future__ import annotations

import os
from pathlib import Path

from leakguard.errors import NotAllowed
from leakguard.settings import Settings


def refuse_real_store(settings: Settings) -> None:
    """Raise `NotAllowed` where a drill is told to go on in a store elsewhere that holds anything but a drill.

    Its own are the one that its settings name and the files of its folder. What a drill records cannot be taken out of
    a ledger again, and its watchman would settle the alerts of real clocks. Nothing is opened before that is certain.
    """
    if not settings.drill or settings.store_by != "--store":
        return
    from leakguard.drills.story import STARTED  # noqa: PLC0415  (few folders are a drill's)
    from leakguard.store.looking import first_kind  # noqa: PLC0415  (as above)
    from leakguard.store.places import file_of, name_of  # noqa: PLC0415  (as above)

    file = file_of(settings.store)
    if file is not None and Path(os.path.realpath(file)).parent == Path(os.path.realpath(Path.cwd())):
        return
    if first_kind(settings.store) not in ("", STARTED):
        raise NotAllowed(
            f"this folder is a drill's, and `{name_of(settings.store)}` holds records that are none of a drill",
            next_step="Leave --store out, or go to the folder of that store.",
        )
