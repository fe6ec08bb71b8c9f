"""`bihuan serve`: several processes that answer requests, and one that runs the schedule, kept by a parent."""
