"""Pages by which a company changes what it runs on."""

from web.administration import (
    categories,
    danger_patterns,
    demo_clock,
    health,
    imports,
    jobs,
    log_ins,
    mailbox,
    posters,
    public_pages,
    questions,
    reasons,
    record,
    settings,
    texts_of_letters,
    thresholds,
)

BLUEPRINTS = (
    settings.blueprint,
    categories.blueprint,
    danger_patterns.blueprint,
    questions.blueprint,
    reasons.blueprint,
    thresholds.blueprint,
    texts_of_letters.blueprint,
    public_pages.blueprint,
    posters.blueprint,
    mailbox.blueprint,
    imports.blueprint,
    jobs.blueprint,
    record.blueprint,
    log_ins.blueprint,
    demo_clock.blueprint,
    health.blueprint,
)
