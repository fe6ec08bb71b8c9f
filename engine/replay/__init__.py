"""Closed complaints lived again on a draft: what would have been different, and what nobody can know."""
