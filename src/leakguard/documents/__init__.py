"""Documents: a letter in, the bytes of one format out: text, Markdown, HTML, PDF/UA-1.

May import the engines and everything below them, jinja2 and typst; reads fonts, and no other file.
Never changes what a letter says, and never shows boxes in the place of signs.
"""
