"""What our server adds to the WSGI environment of a request."""

STRIPPED = "bihuan.forwarded"
"""Whether proxy headers came although no proxy is trusted."""

LOST = "bihuan.lost"
"""Why the body of the request could not be kept (an `OSError`)."""
