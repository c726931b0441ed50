"""How long we wait."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.frozen import Frozen

FIRST_WORD = 0.02
"""Seconds for which a new line is listened to before anything is said on it: a server next door has greeted by then."""
_LONGEST_FIRST_WORD = 0.32
_ROUND_TRIPS = 1.5
"""A greeting comes one round trip after the connection; half a one is for its making."""


def first_word(round_trip: float) -> float:
    """Seconds in which a host speaks that speaks first, after a connection that took `round_trip`; of few lengths."""
    seconds = FIRST_WORD
    while seconds < min(_LONGEST_FIRST_WORD, _ROUND_TRIPS * round_trip):
        seconds *= 2
    return seconds


class Timeouts(Frozen):
    """Seconds of wall clock; nothing that a host sends makes any of them longer."""

    connect: float = 3.0
    handshake: float = 3.0
    """For TLS. A server of plain text may take our first bytes as half a question and wait for the rest."""
    request: float = 5.0
    target: float = 30.0
    """For all the requests of one session together."""
    endpoint: float = 30.0
    """For all the sessions of one endpoint together, however many protocols it is spoken to in."""
    first: float | None = None
    """For the first request alone, where that is less."""
    guess: float = 1.5
    """`first` where nothing suggests that the protocol is spoken: a server of it answers within a few round trips."""
    greeting: float = 0.3
    """For a host that speaks first; one that is slower is recognised by its answer to the next question."""


class Visit:
    """The time of one endpoint, which all its sessions share. It starts with the first question."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._forgiven_until = 0.0
        self.ends: float | None = None
        """On the loop's clock; `None` before the first question."""
        self.round_trip = 0.0
        """Seconds that the last connection took."""
        self.speaks_first: bool | None = None
        """Whether the host spoke before it was asked, in plain text; `None` as long as nobody listened."""

    def begin(self, now: float) -> float:
        """When all must be over; starts the time where nothing has."""
        if self.ends is None:
            self.ends = now + self._seconds
        return self.ends

    def forgive(self, seconds: float, now: float) -> None:
        """Move the end by the `seconds` up to `now` in which a session waited; two that waited at once count once."""
        if self.ends is not None:
            self.ends += max(0.0, now - max(now - seconds, self._forgiven_until))
        self._forgiven_until = now


class Patience:
    """The deadlines of one session: one for all its requests, one for the request under way, one for the endpoint."""

    def __init__(self, timeouts: Timeouts, time: Callable[[], float], visit: Visit | None = None) -> None:
        """`time` is the event loop's clock, in seconds."""
        self._timeouts = timeouts
        self._time = time
        self.visit = visit or Visit(timeouts.endpoint)
        """Of the endpoint: what its sessions share."""
        self._target_ends: float | None = None
        self._request_ends = 0.0
        self._next_request = min(timeouts.request, timeouts.first or timeouts.request)

    def begin(self) -> bool:
        """Start the time of a request; false if the target's or the endpoint's time is over."""
        seconds, self._next_request = self._next_request, self._timeouts.request
        return self._begin(seconds)

    def begin_listening(self) -> bool:
        """Start the time of connecting and of listening for a greeting; as `begin`."""
        return self._begin(self._timeouts.connect + self._timeouts.greeting)

    @property
    def greeting_by(self) -> float:
        """When a greeting that is waited for from now on must have come."""
        return min(self.deadline, self._time() + self._timeouts.greeting + self.visit.round_trip)

    @property
    def first_word_by(self) -> float:
        """When a host that speaks first has done so on a line that was opened just now."""
        return min(self.deadline, self._time() + first_word(self.visit.round_trip))

    def _begin(self, seconds: float) -> bool:
        now = self._time()
        if self._target_ends is None:
            self._target_ends = now + self._timeouts.target
        self._request_ends = now + seconds
        return now < min(self._target_ends, self.visit.begin(now))

    @property
    def deadline(self) -> float:
        """When the request under way must be over, on the loop's clock."""
        ends = self._request_ends
        for end in (self._target_ends, self.visit.ends):
            if end is not None and end < ends:
                ends = end
        return ends

    @property
    def connect_by(self) -> float:
        """When a connection attempt that starts now must be over."""
        return min(self.deadline, self._time() + self._timeouts.connect)

    @property
    def handshake_by(self) -> float:
        """When a handshake that starts now must be over."""
        return min(self.deadline, self._time() + self._timeouts.handshake)

    def forgive(self, seconds: float) -> None:
        """Our own politeness is not the host's delay: move the deadlines by the time spent waiting for the rate."""
        self.visit.forgive(seconds, self._time())
        self._request_ends += seconds
        if self._target_ends is not None:
            self._target_ends += seconds
