"""Pages about complaints."""

from web.complaints import (
    bulk_moves,
    complaint_list,
    corrections,
    counts,
    danger_doubts,
    joining,
    page,
    resident_link,
    saved,
    stuck,
)

__all__ = ["BLUEPRINTS", "complaint_list", "saved"]

BLUEPRINTS = (
    page.blueprint,
    corrections.blueprint,
    danger_doubts.blueprint,
    joining.blueprint,
    bulk_moves.blueprint,
    resident_link.blueprint,
    stuck.blueprint,
    counts.blueprint,
)
