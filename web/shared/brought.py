"""Files that a form sends."""

from flask import request

from engine.processes import process_files


def brought() -> list[tuple[str, bytes]]:
    """Names and bytes of the uploaded files, none read beyond the size limit."""
    given = [each for each in request.files.getlist("files") if each.filename]
    return [(str(each.filename), each.stream.read(process_files.LARGEST_ALL + 1)) for each in given]
