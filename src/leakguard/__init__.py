"""LeakGuard: find exposed data stores, track the deadlines, draft the letters."""

__version__ = "0.1.0"
