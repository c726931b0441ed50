"""Scans again and again: what changed, and which incidents are told."""
