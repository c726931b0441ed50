"""Duties and letters: assessed, drafted, merged, approved, sent, filed."""
