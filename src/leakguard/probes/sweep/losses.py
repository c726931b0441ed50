"""Losses: networks that lose what they are asked too fast, since a firewall lets so many connections a second pass.

Who was silent and answers when asked once more was not silent: the question was lost. Where that is so of many, the
network is asked more slowly, and what was lost at a pace that was given up says nothing of a host.
"""

from __future__ import annotations

from collections import OrderedDict

from leakguard.models.targets import SweepEndpoint
from leakguard.probes.wire.rate import Rate, network_of

_MOST_NETWORKS = 4096
"""Networks remembered; as in `neighbours`."""
_TIMES = 2
"""A silence is asked about once more in a network that answers."""
_TIMES_WHERE_LOST = 5
"""And so often, counted at one pace, in a network that loses questions."""
_LEAST = 4
"""Questions that were lost for sure, before the pace is changed."""
_HOSTS = 3
"""At so many addresses: one alone may play with us, and must not hold its neighbours up."""
_PART = 8
"""They must be more than an eighth of those who answered: a line that loses few is no reason to be slow."""
_FEW_PART = 32
"""What a network may lose without being asked about each silence several times."""
_STEP, _SLOWEST = 4.0, 64.0
"""The pace goes down to a quarter each time, to a 64th at most."""


class _Book:
    """One network."""

    __slots__ = ("answered", "factor", "hosts", "lost", "since")

    def __init__(self) -> None:
        self.answered = self.lost = 0
        """Who answered at this pace, and how many of them had been silent at it before."""
        self.hosts: set[str] = set()
        """Addresses of these, as many as matter."""
        self.factor = 1.0
        self.since = float("-inf")
        """How many times slower than the scope allows it is asked, and since when."""

    @property
    def loses(self) -> bool:
        """Whether a silence may well be a lost question."""
        return self.factor > 1 or (self.lost > 1 and self.lost * _FEW_PART > self.answered)

    @property
    def loses_much(self) -> bool:
        """Whether so much is lost at this pace that it must be too fast."""
        return self.lost >= _LEAST and len(self.hosts) >= _HOSTS and self.lost * _PART > self.answered


class Losses:
    """Which silences are asked about again, and how slowly."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._books: OrderedDict[str, _Book] = OrderedDict()
        self._silences: dict[int, tuple[int, float]] = {}
        """By the position of a spot: how often it was silent at this pace, and when it was last asked in vain."""

    @property
    def is_watching(self) -> bool:
        """Whether anybody is asked again; until then it is no use to tell who answered."""
        return bool(self._silences)

    def heard(self, spot: SweepEndpoint, now: float) -> None:
        """Somebody answered there."""
        book = self._book(spot.address)
        book.answered += 1
        before = self._silences.pop(spot.position, None)
        if before is None or before[1] < book.since:
            return
        book.lost += 1
        if len(book.hosts) < _HOSTS:
            book.hosts.add(spot.address)
        if book.loses_much and book.factor < _SLOWEST:
            book.answered = book.lost = 0
            book.factor, book.since = book.factor * _STEP, now
            self._rate.slow_network(spot.address, book.factor)

    def ask_again(self, spot: SweepEndpoint, asked: float) -> bool:
        """Nobody answered who was asked at the moment `asked`: whether to ask once more before that is a silence."""
        book = self._book(spot.address)
        times, before = self._silences.get(spot.position, (0, asked))
        times = times * (before >= book.since) + (asked >= book.since)
        if times >= (_TIMES_WHERE_LOST if book.loses else _TIMES):
            self._silences.pop(spot.position, None)
            return False
        self._silences[spot.position] = times, asked
        return True

    def is_in_doubt(self, address: str) -> bool:
        """Whether its network loses much however slowly it is asked, so that a silence says nothing of the host."""
        book = self._books.get(network_of(address))
        return book is not None and book.factor >= _SLOWEST and book.loses_much

    def _book(self, address: str) -> _Book:
        network = network_of(address)
        book = self._books.get(network)
        if book is None:
            book = self._books[network] = _Book()
            if len(self._books) > _MOST_NETWORKS:
                self._books.popitem(last=False)
        return book
