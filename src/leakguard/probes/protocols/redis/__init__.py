"""Redis, Valkey and their kin: `PING`, `INFO` with a section, `DBSIZE`; never a key."""
