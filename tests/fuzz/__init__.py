"""Broken and hostile input: whatever comes in, only our answers, findings and errors come out, and quickly."""
