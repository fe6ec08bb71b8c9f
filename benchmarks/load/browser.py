"""A minimal browser for the load: a persistent connection, cookies, and forms read with regular expressions."""

import html
import http.client
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATIENCE = 120
"""Seconds after which a request without an answer is an error."""

FORM = re.compile(r'<form\b[^>]*\bmethod="post".*?</form>', re.DOTALL)
INPUT = re.compile(r"<input\b[^>]*>")
SELECT = re.compile(r'<select\b[^>]*\sname="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
SELECTED = re.compile(r'<option value="([^"]*)" selected')
TEXTAREA = re.compile(r'<textarea\b[^>]*\sname="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
ATTRIBUTE = re.compile(r'\s(name|type|value)="([^"]*)"')
TICKED = re.compile(r"\schecked\b")
TICKS = frozenset({"radio", "checkbox"})
UNSENT = frozenset({"file", "submit", "button"})


class Unexpected(Exception):
    """A page is not what it should be."""


@dataclass
class Page:
    """An answer of the server."""

    status: int
    location: str
    text: str

    def form(self, *names: str) -> "Form":
        """Return the form with all these fields. Raises `Unexpected` when there is none."""
        for markup in FORM.findall(self.text):
            if all(f'name="{name}"' in markup for name in names):
                return Form(markup)
        raise Unexpected(f"{self.status}: no form asks for {', '.join(names)}")


class Form:
    """A form on a page: `sent` is what a browser would send, `multipart` how."""

    def __init__(self, markup: str) -> None:
        self.multipart = 'enctype="multipart/form-data"' in markup.partition(">")[0]
        self.sent: dict[str, str] = {}
        for tag in INPUT.findall(markup):
            said = dict(ATTRIBUTE.findall(tag))
            kind, name = said.get("type", "text"), said.get("name", "")
            if name and kind not in UNSENT and (kind not in TICKS or TICKED.search(tag)):
                self.sent[name] = html.unescape(said.get("value", ""))
        for name, options in SELECT.findall(markup):
            self.sent[name] = html.unescape("".join(SELECTED.findall(options)[:1]))
        for name, text in TEXTAREA.findall(markup):
            self.sent[name] = html.unescape(text)


@dataclass
class Line:
    """A persistent connection. Like in a browser, a closed one is opened again, once.

    `host`: the address on the loopback interface that it comes from, as log-ins of one address are limited.
    """

    port: int
    host: str = "127.0.0.1"
    _connection: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[Page, list[str]]:
        """Send one request; return the answer and its cookies."""
        kept = self._connection is not None and self._connection.sock is not None
        try:
            return self._send(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.close()
            if not kept:
                raise
            return self._send(method, path, body, headers)

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[Page, list[str]]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.host, 0)
            )
        try:
            self._connection.request(method, path, body, dict(headers))
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        cookies = answer.headers.get_all("Set-Cookie") or []
        return Page(answer.status, answer.headers.get("Location", ""), text), cookies

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Browser:
    """One person's browser; several may share a line."""

    line: Line
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Page:
        """Ask for a page."""
        return self._ask("GET", path)

    def post(self, path: str, form: Form, answers: Mapping[str, str]) -> Page:
        """Send a form with these answers, encoded as it says."""
        fields = {**form.sent, **answers}
        if not form.multipart:
            return self._ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        boundary = f"----load{secrets.token_hex(8)}"
        body = _parts(fields.items(), boundary)
        return self._ask("POST", path, body, f"multipart/form-data; boundary={boundary}")

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Page:
        headers = {"Accept-Language": "zh-CN", "Accept": "text/html"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = kind
        page, cookies = self.line.send(method, path, body, headers)
        for each in cookies:
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return page


def _parts(fields: Iterable[tuple[str, str]], boundary: str) -> bytes:
    said = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    )
    return f"{said}--{boundary}--\r\n".encode()
