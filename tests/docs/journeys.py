"""Which functions of the product a journey passes through, in the order in which it first comes to each."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

ROOT = Path(__file__).parents[2]


@contextmanager
def passed_through() -> Iterator[list[str]]:
    """Collects "path: function" of `engine/` and `web/` while the block runs."""
    called: dict[CodeType, None] = {}
    roots = tuple(f"{ROOT / name}/" for name in ("engine", "web"))

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called[frame.f_code] = None

    passed: list[str] = []
    sys.setprofile(note)
    try:
        yield passed
    finally:
        sys.setprofile(None)
        ours = (each for each in called if each.co_filename.startswith(roots))
        passed += dict.fromkeys(f"{Path(each.co_filename).relative_to(ROOT)}: {each.co_name}" for each in ours)
