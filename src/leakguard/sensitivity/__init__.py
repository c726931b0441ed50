"""Sensitivity: which kinds of personal data names and values give away, and which standards call them sensitive. Pure.

May import `models`, `files`, `errors` and below, pydantic, and the checksum rules of `stdnum` and `phonenumbers`.
Never keeps, returns or raises a value: of a value it says the kind alone, of a name nothing that is a value itself.
"""
