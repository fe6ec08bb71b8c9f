"""What our server says of a request in its WSGI environment, besides what is usual there."""

STRIPPED = "bihuan.forwarded"
"""Whether headers of a proxy came though no proxy is trusted."""

LOST = "bihuan.lost"
"""Why the body of the request could not be kept (an `OSError`)."""
