"""LeakGuard: find what is open, run the clocks, write the letters."""

__version__ = "0.1.0"
