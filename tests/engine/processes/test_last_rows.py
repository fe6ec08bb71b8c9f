"""A table that loses its last row of a kind: said, and published only with a reason."""

import pytest

from engine.core.store import Store
from engine.processes import last_rows, publishing, versions
from engine.processes.last_rows import LastRows

LIMITS = "bpmn/complaint/limits.dmn"


def without(kind: str) -> dict[str, bytes]:
    """The shipped tables without the rules that answer `kind`."""
    text = publishing.shipped()["complaint"][LIMITS].decode()
    head, *rules = text.split("<rule ")
    kept = [each for each in rules if f'<text>"{kind}"</text>' not in each]
    assert len(kept) < len(rules)
    tail = rules[-1].rpartition("</rule>")[2]
    body = "".join("<rule " + each.rpartition("</rule>")[0] + "</rule>" for each in kept)
    return {LIMITS: (head + body + tail).encode()}


def test_the_last_row_of_a_kind_is_named() -> None:
    old = {LIMITS: publishing.shipped()["complaint"][LIMITS]}
    (told,) = last_rows.lost(old, without("on_site"))
    assert (told.level, told.place) == ("error", "limits")
    assert "on_site" in told.zh


def test_another_row_of_the_kind_is_enough() -> None:
    old = {LIMITS: publishing.shipped()["complaint"][LIMITS]}
    fewer = old[LIMITS].replace(b'"acknowledge"', b'"first_response"', 1)
    assert last_rows.lost(old, {LIMITS: fewer}) == ()


def test_a_table_that_is_gone_or_cannot_be_read_is_reported_elsewhere() -> None:
    old = {LIMITS: publishing.shipped()["complaint"][LIMITS]}
    assert last_rows.lost(old, {}) == ()
    assert last_rows.lost(old, {LIMITS: b"<broken"}) == ()


def test_a_reason_is_asked_for(store: Store) -> None:
    with store.transaction() as session:
        versions.store(session, "complaint", publishing.shipped()["complaint"])
        files = {**publishing.shipped()["complaint"], **without("on_site")}
        with pytest.raises(LastRows):
            publishing.require_reason(session, "complaint", files, "  ")
        publishing.require_reason(session, "complaint", files, "到场不再单独计时")
