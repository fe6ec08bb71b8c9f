"""Which functions of the product a journey passes through, in the order in which it first comes to each."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[2]


@contextmanager
def passed_through() -> Iterator[list[str]]:
    """Collects "path: function" of `engine/` and `web/` while the block runs."""
    found: dict[str, None] = {}
    roots = tuple(f"{ROOT / name}/" for name in ("engine", "web"))

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(roots):
            found.setdefault(f"{Path(code.co_filename).relative_to(ROOT)}: {code.co_name}")

    passed: list[str] = []
    sys.setprofile(note)
    try:
        yield passed
    finally:
        sys.setprofile(None)
        passed += found
