"""MongoDB and what speaks its protocol: names, counts and sizes; no document."""
