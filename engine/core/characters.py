"""Characters that JSON can spell and no store holds."""

import json
import re

HALF = re.compile("[\ud800-\udfff]")


def has_half(read: object) -> bool:
    """Return whether what was read from JSON holds half of a surrogate pair, as ``"\\ud800"`` alone is."""
    return HALF.search(json.dumps(read, ensure_ascii=False, default=str)) is not None
