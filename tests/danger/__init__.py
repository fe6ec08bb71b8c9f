"""Sentences with and without danger, and the weights learned from them."""
