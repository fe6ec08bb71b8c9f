"""Pages of the staff's work: inbox, tasks, comments, standard texts, absences, rosters."""

from web.casework import absences, comments, inbox, phrases, rosters, tasks

BLUEPRINTS = (
    inbox.blueprint,
    tasks.blueprint,
    comments.blueprint,
    phrases.blueprint,
    absences.blueprint,
    rosters.blueprint,
)
