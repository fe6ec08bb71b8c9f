"""Logging in, the own account, the first start."""
