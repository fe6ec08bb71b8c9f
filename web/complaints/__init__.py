"""Pages about complaints."""

from web.complaints import bulk_moves, complaint_list, corrections, counts, joining, stuck

BLUEPRINTS = (
    complaint_list.blueprint,
    corrections.blueprint,
    joining.blueprint,
    bulk_moves.blueprint,
    stuck.blueprint,
    counts.blueprint,
)
