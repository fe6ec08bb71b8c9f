"""Names of attached files, in all the ways in which mail programs write them."""

import re
from email.message import Message
from urllib.parse import unquote_to_bytes

from engine.mail_in import decoding

LONGEST = 120


def of(part: Message) -> str:
    """Return the name of an attached file; empty when it has none.

    `filename*` (RFC 2231) counts before `filename`, as it says its charset; both before the older `name`.
    """
    for field, wanted in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        named = [value for name, value in _parameters(part, field) if name.casefold() == wanted]
        for value in sorted(named, key=lambda each: isinstance(each, str)):
            if said := _said(value):
                return said[:LONGEST]
    return ""


Value = str | tuple[str | None, str | None, str]


def _parameters(part: Message, field: str) -> list[tuple[str, Value]]:
    """Return a field's parameters, their raw bytes escaped as the parser left them: `get` would drop those."""
    raw = next((value for name, value in part.raw_items() if name.casefold() == field.casefold()), None)
    if raw is None:
        return []
    holder = Message()
    held = str(raw).encode("utf-8", "surrogateescape").decode("latin-1")  # a sign for each byte
    holder.set_raw(field, held)
    return [*holder.get_params([], header=field)]


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        charset, _language, said = value
        content = said.encode("latin-1", "replace")
    else:
        charset, content = None, value.encode("latin-1", "replace")
    text = decoding.words(decoding.text_of(content, charset))
    if re.search(r"%[89A-Fa-f][0-9A-Fa-f]", text) and " " not in text:  # as web pages write it
        text = decoding.text_of(unquote_to_bytes(text), None)
    return decoding.plain(text).strip()
