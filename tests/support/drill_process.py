"""A drill as a process of its own, in time that runs a thousand times as fast; made to be killed."""

from __future__ import annotations

import json
import resource
import signal
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from leakguard.drills.times import begins_at
from leakguard.errors import StoreUnusable
from leakguard.use_cases.alerts.time_sources import PacedTime, SteppedTime
from leakguard.use_cases.drills.drill_play import play, time_of
from support.drills import INCIDENT, Drill, scenario_of
from support.watch_process import AppendingChannel, RealTime
from support.watching import World

DISK = 150_000
"""Bytes: an empty store has 60,000, and the whole drill needs some 200,000."""


def main(place: str, sink: Path, speed: float, at_work: Connection) -> None:
    """Play until killed, or to the end."""
    drill = Drill(place=place)
    store = drill.world.store
    time = PacedTime(RealTime(), start=time_of(store, begins_at(scenario_of())), speed=speed)
    drill.world.time = cast("SteppedTime", time)  # the store stamps its records by it
    stage = drill.stage(time)
    stage.watchman.channels.update({name: AppendingChannel(name, sink) for name in drill.world.sinks})  # type: ignore[attr-defined]
    at_work.send("at work")
    play(stage)


def on_full_disk(place: str, sink: Path, said: Connection) -> None:
    """Play on a disk that has room for a part of the drill; says what the store said."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (DISK, DISK))
    drill = Drill(place=place)
    stage = drill.stage()
    stage.watchman.channels.update({name: AppendingChannel(name, sink) for name in drill.world.sinks})  # type: ignore[attr-defined]
    try:
        play(stage)
    except StoreUnusable as error:
        said.send(error.message)


def lost(world: World, sink: Path) -> Iterator[str]:
    """Messages that nobody got, although nothing more urgent about the same clocks came after them."""
    got = {str(json.loads(line)["id"]) for line in sink.read_text("utf-8").splitlines()}
    messages = world.history(INCIDENT).messages
    for place, message in enumerate(messages):
        later = {alarm.clock for one in messages[place + 1 :] for alarm in one.alarms}
        taken = any(world.history(INCIDENT).acks_of(alarm.clock, message) for alarm in message.alarms)
        if message.id not in got and not taken and not {alarm.clock for alarm in message.alarms} <= later:
            yield message.id


def doubled_deeds(world: World) -> list[str]:
    """Deeds that were done more than once."""
    deeds = Counter(str(one.content["deed"]) for one in world.store.read() if one.kind == "drill_deed")
    return [deed for deed, number in deeds.items() if number > 1]
