"""Load on the whole product over HTTP: see `__main__.py`."""
