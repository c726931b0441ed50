"""git's daemon: is a repository handed out to anybody? No name of a branch, no object is asked for."""
