"""Broken and hostile input: whatever comes in, only answers, findings and errors of ours come out, and soon."""
