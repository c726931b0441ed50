"""The languages of what LeakGuard says: a folder of catalogues for each language, with a file for each subject.

The message itself is the English text, so English needs no catalogue. `catalogue.catalogue(language)` reads all files
of a language once. Texts of bundled data (titles of steps, of duties, of kinds of events) are messages like any other:
`Catalogue.gettext` gives the translation, or the English text where there is none.

May import `errors`, `frozen`, and Babel, which reads gettext's files and knows plurals. Never chooses the
language, and never translates letters: those have texts of their own in `templates`.
"""
