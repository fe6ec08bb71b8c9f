"""Alarms: who is called to make something safe, again and further up, until somebody is going."""
