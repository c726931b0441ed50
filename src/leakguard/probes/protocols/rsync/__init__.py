"""rsync's daemon: how many modules it lists, and how many of them let anybody in."""
