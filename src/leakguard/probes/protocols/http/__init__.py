"""HTTP: `GET` and `HEAD` of a path, and the whole questions of `gate.py`."""
