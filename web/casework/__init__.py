"""Pages of the staff's work: inbox, tasks, alarms, comments, standard texts, absences, rosters."""

from web.casework import absences, alarms, comments, inbox, phrases, rosters, tasks

BLUEPRINTS = (
    inbox.blueprint,
    tasks.blueprint,
    alarms.blueprint,
    comments.blueprint,
    phrases.blueprint,
    absences.blueprint,
    rosters.blueprint,
)
