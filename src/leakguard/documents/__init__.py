"""Documents: a letter or a table in, the bytes of one format out: text, Markdown, HTML, DOCX, PDF/UA-1; CSV, XLSX.

May import the engines and everything below them, jinja2, markupsafe, typst and openpyxl; reads fonts alone.
Never changes what a letter says, and never shows boxes instead of characters.
"""
