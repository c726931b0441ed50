"""The flights of a sweep: connections that are under way, and the talks on those that opened."""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Iterator, Sequence

from leakguard.models.observations import Ending
from leakguard.models.targets import SweepEndpoint
from leakguard.ports import Contact, SweepWatcher
from leakguard.ports.probing import AGAIN_AFTER
from leakguard.probes.sweep.deadlines import Deadlines
from leakguard.probes.sweep.flight import Flight
from leakguard.probes.sweep.http_talk import HttpTalk, TimeLeft
from leakguard.probes.sweep.http_words import HttpWords
from leakguard.probes.sweep.losses import Losses
from leakguard.probes.sweep.neighbours import Neighbours
from leakguard.probes.sweep.pulse import Pulse
from leakguard.probes.sweep.queue import SpotQueue
from leakguard.probes.sweep.ways import LOSSY, Ways, ending_of, name_of, why_of
from leakguard.probes.timeouts import first_word
from leakguard.probes.wire.gates import TLS_PORTS
from leakguard.probes.wire.kept import FreshConnection
from leakguard.probes.wire.verbs import ReadCommand

EVENTS = 128
"""Answers looked at in one turn: judging each takes a third of a millisecond, and deadlines are to be kept."""
READ_BYTES = 64 * 1024
"""Read from one line in one turn."""
_ANSWERS = frozenset({0, errno.ECONNREFUSED, errno.ECONNRESET})
"""Whoever says this to a connection is there."""
TALKS = 512
"""Talks at once. More would only wait for one another in this process, while their hosts think us gone."""
SOON = 0.05
"""Seconds until a spot that could not be tried is tried again."""


class Flights:
    """Every open socket of a sweep; each holds one of the process's handles."""

    def __init__(self, watcher: SweepWatcher, ways: Ways, queue: SpotQueue, pulse: Pulse) -> None:
        self._watcher = watcher
        self._pulse = pulse
        self._ways = ways
        self._words = HttpWords(ways.user_agent)
        self._queue = queue
        self._flying: dict[int, Flight] = {}
        self._deadlines = Deadlines()
        self._neighbours = Neighbours()
        self.losses = Losses(ways.rate)
        self._epoll = select.epoll()
        self._talking = 0
        self._doubted: set[int] = set()
        """The positions of those that refused once, though they were open before."""

    @property
    def room(self) -> int:
        """How many talks may begin; a connection may turn into one at once."""
        return TALKS - self._talking

    def __len__(self) -> int:
        return len(self._flying)

    @property
    def descriptor(self) -> int:
        """Readable when something came."""
        return self._epoll.fileno()

    def positions(self) -> Iterator[int]:
        """The positions that are under way."""
        return (flight.spot.position for flight in self._flying.values())

    def begin(self, spot: SweepEndpoint, sock: socket.socket, now: float, *, is_open: bool) -> None:
        """Take a connection over that is open already, or will be; it holds a handle from now on."""
        flight = self._flying[sock.fileno()] = Flight(spot, sock, now)
        if is_open:
            self._neighbours.answered(spot.address, 0.0)
            self._note_answers((spot,), now)
            self.lives(spot, now)
            self._connected(flight, now)
            return
        flight.is_known = self._neighbours.is_known(spot.address)
        flight.is_watched = True
        self._epoll.register(sock, select.EPOLLOUT)
        self._deadlines.add(flight, self._neighbours.patience(spot.address, self._ways.bounds.connect), now)

    def tell_silent(self, spot: SweepEndpoint) -> None:
        """Nobody answered there, as often as it was asked; where questions are lost that is no verdict."""
        is_lossy = self.losses.is_in_doubt(spot.address)
        self._watcher.ended(spot, Ending.SPENT if is_lossy else Ending.FILTERED, LOSSY if is_lossy else "")

    def refused(self, spots: Sequence[SweepEndpoint], now: float) -> None:
        """All of these refused at once; only the last one matters for whether anybody lives."""
        self._note_answers(spots, now)
        self.lives(spots[-1], now)
        self._refuse(spots, now)

    def _refuse(self, spots: Sequence[SweepEndpoint], now: float) -> None:
        """Tell that they are closed; one that was open in an earlier run is asked once more before."""
        again = {spot for spot in self._watcher.exposed_before(spots) if spot.position not in self._doubted}
        for spot in again:
            self._doubted.add(spot.position)
            self._queue.put_back(spot, now + AGAIN_AFTER)
        if sure := [spot for spot in spots if spot not in again] if again else spots:
            self._watcher.refused(sure)

    def _note_answers(self, spots: Sequence[SweepEndpoint], now: float) -> None:
        if self.losses.is_watching:
            for spot in spots:
                self.losses.heard(spot, now)

    def lives(self, spot: SweepEndpoint, now: float) -> None:
        """Somebody answered there."""
        self._pulse.answered(spot, self._watcher.named(spot), now)

    def expire(self, now: float) -> None:
        """End those whose time is over."""
        for flight in self._deadlines.due(now):
            self._late(flight, now)

    def begin_again(self, now: float) -> None:
        """End all of them, and let their spots come again: nobody could be heard for a while."""
        for flight in tuple(self._flying.values()):
            self._end(flight)
            self._queue.put_back(flight.spot, now + SOON)

    def contact(self, spot: SweepEndpoint) -> Contact | None:
        """Who may ask on the line, in plain HTTP."""
        return None if spot.port in TLS_PORTS else self._watcher.contact(spot)

    def close(self) -> list[int]:
        """Drop all of them; their positions."""
        left = list(self.positions())
        for flight in tuple(self._flying.values()):
            self._end(flight)
        self._epoll.close()
        return left

    def turn(self, now: float) -> None:
        """Look at what came."""
        for descriptor, _ in self._epoll.poll(0, EVENTS):
            flight = self._flying.get(descriptor)
            if flight is not None:
                self._look_at(flight, now)

    def _look_at(self, flight: Flight, now: float) -> None:
        if flight.talk is None:
            self._settle(flight, now)
        elif flight.is_listening:
            self._overhear(flight, flight.talk, now)
        else:
            self._hear(flight, flight.talk, now)

    def _settle(self, flight: Flight, now: float) -> None:
        """The connection attempt is over."""
        code = flight.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code in _ANSWERS:
            self._neighbours.answered(flight.spot.address, now - flight.started)
            self._note_answers((flight.spot,), now)
            (self._ways.rate.strain if code == errno.ECONNRESET else self._ways.rate.ease)(flight.spot.address)
            self.lives(flight.spot, now)
        if code == 0:
            flight.round_trip = now - flight.started
            self._connected(flight, now)
        else:
            self._end(flight)
            self.fail(flight.spot, code, flight.started)

    def fail(self, spot: SweepEndpoint, code: int, began: float) -> None:
        """Tell of a connection that there will not be; it was begun then."""
        ended = ending_of(code, spot.address)
        if ended is Ending.REFUSED:
            self._refuse((spot,), time.monotonic())
        elif ended is Ending.UNREACHABLE:  # our own machine says so as well, when its next router is gone
            self._pulse.hold(spot, began)
        else:
            self._watcher.ended(spot, ended, why_of(code, spot.address))

    def _connected(self, flight: Flight, now: float) -> None:
        contact = self.contact(flight.spot)
        if contact is None:
            self._leave(flight)
            return
        self._talking += 1
        bounds, name = self._ways.bounds, name_of(self._watcher, flight.spot)
        left = TimeLeft(began=flight.started, asks_until=flight.started + bounds.endpoint - bounds.answer)
        flight.talk = HttpTalk(flight.spot, contact, name, self._words, left)
        self._listen(flight, now)

    def _listen(self, flight: Flight, now: float) -> None:
        """Say nothing for a moment: a server that greets may count our question as a broken handshake."""
        flight.is_listening = True
        flight.serial += 1
        (self._epoll.modify if flight.is_watched else self._epoll.register)(flight.sock, select.EPOLLIN)
        flight.is_watched = True
        self._deadlines.add(flight, first_word(flight.round_trip), now)

    def _overhear(self, flight: Flight, talk: HttpTalk, now: float) -> None:
        """Somebody who speaks first is left to a session, which hears him out; whoever is silent or gone is asked."""
        if flight.has_spoken():
            self._leave(flight)
            return
        flight.is_listening = False
        self._say(flight, talk, talk.begin(), now)

    def _say(self, flight: Flight, talk: HttpTalk, command: ReadCommand, now: float) -> None:
        """Send a question, which always fits into an empty socket buffer, and listen."""
        self._ways.record(flight.spot, command.kind, command.data)
        try:
            flight.sock.send(command.data)
        except OSError:
            self._lose(flight, talk, Ending.RESET)
            return
        flight.serial += 1
        self._deadlines.add(flight, self._ways.bounds.answer, now)

    def _hear(self, flight: Flight, talk: HttpTalk, now: float) -> None:
        try:
            data = flight.sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._lose(flight, talk, Ending.RESET)
            return
        if not data:
            self._lose(flight, talk, Ending.CLOSED)
            return
        try:
            command = talk.feed(data)
        except Exception as error:  # noqa: BLE001  (a bug that one host brings to light must not end the sweep)
            self._end(flight)
            self._watcher.broke(flight.spot, error)
            return
        if command is not None:
            self._say(flight, talk, command, now)
        elif talk.is_over:
            self._end(flight)
            self._watcher.talked(flight.spot, talk)

    def _lose(self, flight: Flight, talk: HttpTalk, ended: Ending) -> None:
        """The talk is broken off; a host that resets a line may have too much to do."""
        self._end(flight)
        if ended is Ending.RESET:
            self._ways.rate.strain(flight.spot.address)
        try:
            talk.lost(ended)
        except Exception as error:  # noqa: BLE001  (as in `_hear`)
            self._watcher.broke(flight.spot, error)
            return
        self._watcher.talked(flight.spot, talk)

    def _late(self, flight: Flight, now: float) -> None:
        """Its time is over, unless we were late ourselves and all of the answer has come meanwhile.

        A piece of one is not enough: whoever drips would never be late.
        In a network that answers it is asked once more, slower, before it is called silent; see `losses`.
        """
        if flight.talk is not None and flight.is_listening:
            self._overhear(flight, flight.talk, now)
            return
        question = flight.serial
        while flight.serial == question and flight.has_news():
            self._look_at(flight, now)
        if flight.serial != question:
            return
        if flight.talk is not None:
            self._lose(flight, flight.talk, Ending.SILENT)
            return
        self._end(flight)
        self._ways.rate.strain(flight.spot.address, is_silence=True)
        self._pulse.missed(flight.started)
        is_known = flight.is_known or self._neighbours.is_known(flight.spot.address)
        if is_known and self.losses.ask_again(flight.spot, flight.started):
            self._queue.put_back(flight.spot, now + SOON)
            return
        self._pulse.hold(flight.spot, flight.started)

    def _leave(self, flight: Flight) -> None:
        """Leave it to the session that comes next: some servers count the dropped, and shut us out after a hundred."""
        self._let_go(flight)
        if flight.is_watched:
            self._epoll.unregister(flight.sock)
        left = FreshConnection(sock=flight.sock, round_trip=flight.round_trip)
        self._ways.kept.keep((flight.spot.address, flight.spot.port), left)
        self._watcher.opened(flight.spot, is_connected=True)

    def _end(self, flight: Flight) -> None:
        self._let_go(flight)
        self._ways.handles.give()
        flight.sock.close()

    def _let_go(self, flight: Flight) -> None:
        flight.serial = -1
        self._talking -= flight.talk is not None
        flight.talk = None  # what it holds is large, and a deadline may hold the flight for seconds
        self._flying.pop(flight.sock.fileno(), None)
