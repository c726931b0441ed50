"""Firestore: how many documents of a collection its rules let strangers count; never a document or its name."""
