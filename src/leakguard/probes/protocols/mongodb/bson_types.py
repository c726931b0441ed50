"""The types of BSON (bsonspec.org, 1.1)."""

from __future__ import annotations

from enum import IntEnum


class BsonType(IntEnum):
    """The type bytes of the format."""

    DOUBLE = 0x01
    TEXT = 0x02
    DOCUMENT = 0x03
    ARRAY = 0x04
    BINARY = 0x05
    UNDEFINED = 0x06
    OBJECT_ID = 0x07
    BOOLEAN = 0x08
    DATE = 0x09
    NULL = 0x0A
    REGEX = 0x0B
    POINTER = 0x0C
    CODE = 0x0D
    SYMBOL = 0x0E
    SCOPED_CODE = 0x0F
    INT32 = 0x10
    TIMESTAMP = 0x11
    INT64 = 0x12
    DECIMAL = 0x13
    MAX_KEY = 0x7F
    MIN_KEY = 0xFF
