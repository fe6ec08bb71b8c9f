"""The files that a process is made of: their kinds, names and sizes."""

import re

from engine.core.errors import Unclear

KINDS = {".bpmn": "bpmn", ".dmn": "bpmn", ".json": "forms"}
"""The kinds of files of a process, and the folder of each."""

MOST_FILES = 200
LARGEST_FILE = 2 * 1024 * 1024
LARGEST_ALL = 20 * 1024 * 1024
NAME = re.compile(r"[^\x00-\x1f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,100}")
"""No file name that a system refuses, or that reads otherwise than it is written."""

PROCESS = re.compile(r"[A-Za-z_][\w.-]{0,79}")
RESERVED = frozenset({"discarded", "import", "new", "upload", "uploads"})
"""Ids that would stand where the address of a page stands."""


def check_process(process: str) -> None:
    """Raise `Unclear` for an id that no process can have."""
    if not PROCESS.fullmatch(process) or process in RESERVED:
        raise Unclear(
            zh=f"流程编号“{process}”不能使用：请用字母开头的字母、数字、下划线，换一个词。",
            en=f"“{process}” cannot be a process id: use letters, digits and underscores, a letter first, another word.",
        )


def twice(name: str) -> Unclear:
    """Return the error of two files with one name: many systems do not tell capital letters from small ones."""
    return Unclear(
        zh=f"文件 {name} 出现了两次（大小写不算不同），请只保留一份。",
        en=f"{name} is there twice (capital letters make no difference); please keep one.",
    )


def too_large(name: str) -> Unclear:
    """Return the error of one file that is too large."""
    return Unclear(zh=f"文件 {name} 超过 2 MB。", en=f"{name} is larger than 2 MB.")


def too_much() -> Unclear:
    """Return the error of a process with too many or too large files."""
    return Unclear(
        zh=f"文件太多或太大（最多 {MOST_FILES} 个，共 20 MB）。",
        en=f"Too much: at most {MOST_FILES} files, 20 MB in all.",
    )
