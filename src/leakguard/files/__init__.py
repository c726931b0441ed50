"""Files that people write, read strictly: text in, frozen values out, every problem named with its line.

May import `errors` and `frozen` alone, and PyYAML, msgspec, pydantic and rapidfuzz.
Never opens a file: a caller reads the text. `opening` alone does, for all callers: what a person named, within bounds.
"""
