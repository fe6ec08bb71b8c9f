"""The files that a process is made of: their kinds, names and sizes."""

import re

from engine.core.errors import Unclear

KINDS = {".bpmn": "bpmn", ".dmn": "bpmn", ".json": "forms"}
"""The kinds of files of a process, and the folder of each."""

MOST_FILES = 200
LARGEST_FILE = 2 * 1024 * 1024
LARGEST_ALL = 20 * 1024 * 1024
NAME = re.compile(r"[^\x00-\x1f/\\:*?\"<>|]{1,100}")

PROCESS = re.compile(r"[A-Za-z_][\w.-]{0,79}")


def too_large(name: str) -> Unclear:
    """Return the error of one file that is too large."""
    return Unclear(zh=f"文件 {name} 超过 2 MB。", en=f"{name} is larger than 2 MB.")


def too_much() -> Unclear:
    """Return the error of a process with too many or too large files."""
    return Unclear(
        zh=f"文件太多或太大（最多 {MOST_FILES} 个，共 20 MB）。",
        en=f"Too much: at most {MOST_FILES} files, 20 MB in all.",
    )
