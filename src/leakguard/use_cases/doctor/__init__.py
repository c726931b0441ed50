"""Checks of this installation: the machine, the settings, the store, and what they name."""
