"""A real browser and a served application, for the tests that need them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Playwright, sync_playwright
from werkzeug.serving import make_server

OURS = ("chromium", "chromium-browser", "google-chrome")
HOW = "needs Chromium: install the system's package chromium, or run `python -m playwright install chromium`"


@contextmanager
def browsing() -> Iterator[Browser]:
    """Chromium: the machine's own, or the one installed by playwright. Skips the test if there is neither."""
    with sync_playwright() as playwright:
        launched = _launch(playwright)
        yield launched
        launched.close()


def _launch(playwright: Playwright) -> Browser:
    own = next(filter(None, map(shutil.which, OURS)), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    try:
        return playwright.chromium.launch(executable_path=own, args=arguments)
    except Error:
        if own is not None:
            raise
        pytest.skip(HOW)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
