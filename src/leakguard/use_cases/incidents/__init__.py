"""Incidents: opened, recorded in, and how each stands: its events, closures, clocks, laws and playbook."""
