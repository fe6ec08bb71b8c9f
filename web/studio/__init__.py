"""The studio: a process changed in the browser, tried, compared and published."""

from web.studio import (
    choices,
    comments,
    diagrams,
    differences,
    drafts,
    findings,
    form_changes,
    form_preview,
    forms,
    imports,
    presence,
    replay,
    scenarios,
    sentences,
    table_changes,
    tables,
    trial,
    trial_saving,
    trial_steps,
    trial_tasks,
)

__all__ = ["BLUEPRINTS", "choices", "findings", "sentences", "trial_saving", "trial_steps", "trial_tasks"]

BLUEPRINTS = (
    drafts.blueprint,
    diagrams.blueprint,
    presence.blueprint,
    imports.blueprint,
    comments.blueprint,
    tables.blueprint,
    table_changes.blueprint,
    forms.blueprint,
    form_changes.blueprint,
    form_preview.blueprint,
    trial.blueprint,
    scenarios.blueprint,
    differences.blueprint,
    replay.blueprint,
)
"""`choices`, `findings` and `sentences` add what the diagram's panel asks for to the first; `trial_saving`, `trial_steps` and `trial_tasks` their pages to the trial's."""
