"""Pages of the staff's work: inbox, tasks, comments, absences, rosters."""
