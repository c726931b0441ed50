"""Incidents: opened, told, clocked, closed, and told again as a report."""
