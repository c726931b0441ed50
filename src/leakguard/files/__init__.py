"""Files that people write, read strictly: text in, frozen values out, every problem named with its line.

May import `errors` and `frozen` alone, and PyYAML and pydantic.
Never opens a file: a caller reads the text.
"""
