"""Form input, cleaned for storing."""

from collections.abc import Iterable

from flask import request


def text(name: str) -> str:
    """One field: stripped, with normalised line ends and without characters that a store refuses."""
    return request.form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()


def texts(names: Iterable[str]) -> dict[str, str]:
    """Several fields by name."""
    return {name: text(name) for name in names}
