"""Casework: cases, tasks, timers, and what people keep beside a task."""
