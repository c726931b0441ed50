"""Files that people write, read strictly: text in, frozen values out, every problem named with its line.

May import `errors` and `frozen` alone, and PyYAML, pydantic and rapidfuzz.
Opens a file that a person named in `opening` alone, within bounds; everything else takes text.
"""
