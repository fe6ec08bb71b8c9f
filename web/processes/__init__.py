"""Pages of processes, decision tables, cases and incidents."""
