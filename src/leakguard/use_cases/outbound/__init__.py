"""Outbound transfers: assessed, their recipients registered, papers drafted, and what they change in an incident."""
