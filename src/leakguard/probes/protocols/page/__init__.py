"""Pages: what a web page and its own scripts ship to every visitor."""
