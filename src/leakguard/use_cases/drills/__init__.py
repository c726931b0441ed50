"""Drills: an incident played in simulated time, and how the team did."""
