"""The studio: a process changed in the browser, tried, compared and published."""

from web.studio import choices, comments, diagrams, drafts, findings, presence, sentences, table_changes, tables, differences, imports, form_changes, form_preview, forms

__all__ = ["BLUEPRINTS", "choices", "findings", "sentences"]

BLUEPRINTS = (drafts.blueprint, diagrams.blueprint, presence.blueprint, comments.blueprint)
"""`choices`, `findings` and `sentences` add what the diagram's panel asks for to the first."""
BLUEPRINTS = (drafts.blueprint, tables.blueprint, table_changes.blueprint)
from web.studio import drafts, scenarios, trial, trial_saving, trial_tasks
from web.studio import drafts, scenarios, trial, trial_saving, trial_steps, trial_tasks

__all__ = ["BLUEPRINTS", "trial_saving", "trial_steps", "trial_tasks"]

BLUEPRINTS = (drafts.blueprint, trial.blueprint, scenarios.blueprint)
BLUEPRINTS = (drafts.blueprint, differences.blueprint)
BLUEPRINTS = (drafts.blueprint, imports.blueprint)
BLUEPRINTS = (drafts.blueprint, forms.blueprint, form_changes.blueprint, form_preview.blueprint)
