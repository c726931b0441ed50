"""Rows of deliveries, inside the caller's transaction. What is sent never changes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.frozen import replace
from leakguard.ledger.listed_rows import DELIVERIES as DELIVERIES_TABLE
from leakguard.ledger.listed_rows import StoredRow, listed_row
from leakguard.models.deliveries import OPEN_STATES, Bounce, Delivery, DeliveryCounts, DeliveryState
from leakguard.models.moments import from_z, to_z
from leakguard.store.connection import Connection, Row, marks
from leakguard.store.rows import Query, Reading, paged
from leakguard.store.tables import DELIVERIES

_SEALED = DELIVERIES.index("sealed")
_COLUMNS = ", ".join(DELIVERIES)
_SET = ", ".join(f"{name} = ?" for name in DELIVERIES[3:])


def find(connection: Connection, incident: str, batch: str, key: str) -> Delivery | None:
    """How one letter stands."""
    where = "incident = ? AND batch = ? AND key = ?"
    row = connection.first(f"SELECT {_COLUMNS} FROM deliveries WHERE {where}", incident, batch, key)  # noqa: S608  (our own names)
    return delivery_of(row) if row is not None else None


def find_by_message(connection: Connection, incident: str, message_id: str) -> Delivery | None:
    """The letter with this Message-ID."""
    where = "message_id = ? AND incident = ? ORDER BY at DESC LIMIT 1"
    row = connection.first(f"SELECT {_COLUMNS} FROM deliveries WHERE {where}", message_id, incident)  # noqa: S608  (as above)
    return delivery_of(row) if row is not None else None


def all_of(reading: Reading, incident: str, batch: str, states: Sequence[DeliveryState]) -> Iterator[Delivery]:
    """The letters of a batch that stand so."""
    query = Query(
        columns=DELIVERIES, table="deliveries", keys=("key",),
        where=f"incident = ? AND batch = ? AND state IN ({marks(len(states))})",
        values=(incident, batch, *(state.value for state in states)),
    )  # fmt: skip
    return (delivery_of(row) for row in paged(reading, query))


def last_sent(connection: Connection, incident: str, batch: str, before: datetime | None) -> Delivery | None:
    """The letter that a server answered for last; times of one length are compared as they are written."""
    where = "incident = ? AND batch = ? AND state = ? AND code IS NOT NULL"
    until = () if before is None else (to_z(before),)
    beyond = " AND at < ?" if until else ""
    row = connection.first(
        f"SELECT {_COLUMNS} FROM deliveries WHERE {where}{beyond} ORDER BY at DESC LIMIT 1",  # noqa: S608  (our own names)
        incident, batch, DeliveryState.SENT.value, *until,
    )  # fmt: skip
    return delivery_of(row) if row is not None else None


def unsealed(connection: Connection, incident: str, batch: str) -> tuple[Delivery, ...]:
    """What was sent and no entry vouches for yet."""
    where = "incident = ? AND batch = ? AND state = ? AND sealed IS NULL ORDER BY key"
    rows = connection.rows(
        f"SELECT {_COLUMNS} FROM deliveries WHERE {where}", incident, batch, DeliveryState.SENT.value  # noqa: S608  (our own names)
    )  # fmt: skip
    return tuple(delivery_of(row) for row in rows)


def sealed_with(connection: Connection, sequence: int) -> tuple[Delivery, ...]:
    """What one entry vouches for, in its order."""
    rows = connection.rows(f"SELECT {_COLUMNS} FROM deliveries WHERE sealed = ? ORDER BY key", sequence)  # noqa: S608  (our own names)
    return tuple(delivery_of(row) for row in rows)


def mark_sealed(connection: Connection, deliveries: Sequence[Delivery], sequence: int) -> None:
    """Name the entry that vouches for these."""
    rows = [(sequence, delivery.incident, delivery.batch, delivery.key) for delivery in deliveries]
    connection.many("UPDATE deliveries SET sealed = ? WHERE incident = ? AND batch = ? AND key = ?", rows)


def counts(connection: Connection, incident: str, batch: str) -> DeliveryCounts:
    """How many letters of a batch stand how."""
    where = "WHERE incident = ? AND batch = ?"
    by_state = connection.rows(
        f"SELECT state, count(*) FROM deliveries {where} GROUP BY state", incident, batch  # noqa: S608  (our own names)
    )  # fmt: skip
    bounced = connection.first(
        f"SELECT count(*) FROM deliveries {where} AND bounced <> ''", incident, batch  # noqa: S608  (as above)
    )  # fmt: skip
    return DeliveryCounts(
        by_state={DeliveryState(state): int(count) for state, count in by_state},
        bounced=int(bounced[0]) if bounced is not None else 0,
    )


def batches(connection: Connection, incident: str) -> tuple[str, ...]:
    """The batches of an incident."""
    rows = connection.rows("SELECT DISTINCT batch FROM deliveries WHERE incident = ? ORDER BY batch", incident)
    return tuple(str(row[0]) for row in rows)


def put(connection: Connection, delivery: Delivery, *, is_attempt: bool) -> Delivery:
    """Keep a letter that is surely not on its way; returns it with its attempts counted.

    Raises `NotAllowed` for one in doubt or sent.
    """
    known = find(connection, delivery.incident, delivery.batch, delivery.key)
    if known is not None and known.state not in OPEN_STATES:
        raise NotAllowed(
            f"the letter {known.message_id} is {known.state.value.replace('_', ' ')}, so it is not handed over again",
            next_step=f"See how it stands: leakguard notice deliveries --incident {delivery.incident}",
        )
    attempts = (known.attempts if known is not None else 0) + is_attempt
    kept = replace(delivery, attempts=attempts)
    if known is None:
        connection.insert("deliveries", DELIVERIES, [_row(kept)])
    else:
        _update(connection, kept)
    return kept


def settle(connection: Connection, delivery: Delivery) -> bool:
    """Keep the answer to the attempt that is in doubt; false when that is settled already."""
    known = find(connection, delivery.incident, delivery.batch, delivery.key)
    if known is None or known.state is not DeliveryState.IN_DOUBT or known.attempts != delivery.attempts:
        return False
    _update(connection, delivery)
    return True


def bounce(connection: Connection, incident: str, bounce: Bounce, *, at: datetime) -> Delivery | None:
    """Keep that a letter came back; nothing for one that was not sent, that bounced before, or that is not ours.

    A letter in doubt that comes back was taken, so that settles it.
    """
    known = find_by_message(connection, incident, bounce.message_id)
    if known is None or known.bounced or known.state not in {DeliveryState.SENT, DeliveryState.IN_DOUBT}:
        return None
    came_back = replace(known, state=DeliveryState.SENT, bounced=bounce.status, bounced_at=at)
    _update(connection, came_back)
    return came_back


def listed(deliveries: Iterable[Delivery]) -> tuple[StoredRow, ...]:
    """The rows as the ledger lists them: all but the entry that vouches for them, which holds them by its root."""
    return tuple(_listed(_row(delivery)) for delivery in deliveries)


def all_listed(reading: Reading) -> Iterator[StoredRow]:
    """Every row exactly as stored, whatever it says."""
    return map(_listed, paged(reading, Query(columns=DELIVERIES, table="deliveries", keys=DELIVERIES[:3])))


def listed_in(connection: Connection, incident: str) -> tuple[StoredRow, ...]:
    """The rows of one incident exactly as stored."""
    rows = connection.rows(f"SELECT {_COLUMNS} FROM deliveries WHERE incident = ?", incident)  # noqa: S608  (our own names)
    return tuple(map(_listed, rows))


def _listed(row: Row) -> StoredRow:
    return listed_row(DELIVERIES_TABLE, row[:3], [value for place, value in enumerate(row) if place != _SEALED])


def delivery_of(row: Row) -> Delivery:
    """The delivery in a row; raises `LedgerBroken` where it no longer reads as one."""
    fields = dict(zip(DELIVERIES, row, strict=True))
    bounced_at = fields.pop("bounced_at")
    try:
        state, at = DeliveryState(fields.pop("state")), from_z(fields.pop("at"))
        return Delivery(**fields, state=state, at=at, bounced_at=from_z(bounced_at) if bounced_at else None)
    except (ValueError, TypeError, AttributeError) as error:
        raise LedgerBroken(
            "what the store holds about a letter is unreadable, so somebody or something changed it",
            next_step="Run `leakguard evidence verify` to see every change, and restore the store from a backup.",
        ) from error


def _row(delivery: Delivery) -> Row:
    bounced_at = to_z(delivery.bounced_at) if delivery.bounced_at is not None else None
    return (
        delivery.incident, delivery.batch, delivery.key, delivery.state.value, to_z(delivery.at), delivery.message_id,
        delivery.digest, delivery.attempts,
        delivery.code, delivery.queue_id, delivery.reason, delivery.sealed, delivery.bounced, bounced_at,
    )  # fmt: skip


def _update(connection: Connection, delivery: Delivery) -> None:
    values = (*_row(delivery)[3:], delivery.incident, delivery.batch, delivery.key)
    connection.run(f"UPDATE deliveries SET {_SET} WHERE incident = ? AND batch = ? AND key = ?", *values)  # noqa: S608  (our own names)
