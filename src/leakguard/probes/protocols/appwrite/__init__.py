"""Appwrite: how many documents of a collection its permissions show to strangers; never a document, a file, a guest."""
