"""The record: what happened, in chains that cannot be altered unnoticed, sealed into one log of the company."""

from engine.history.chain import COMPANY, Draft, Holder, add, company, erase
from engine.history.rows import Chain, Entry, Leaf, Note, Seal

__all__ = ["COMPANY", "Chain", "Draft", "Entry", "Holder", "Leaf", "Note", "Seal", "add", "company", "erase"]
