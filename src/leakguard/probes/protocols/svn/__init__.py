"""svnserve, Subversion's own server: may anybody read the root of a repository? No file, log or list is asked for."""
