"""Reports from outside: taken in, answered, turned into incidents, and erased when their time is over."""
