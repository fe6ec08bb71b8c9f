"""The command that serves the pages."""
