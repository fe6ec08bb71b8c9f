"""The record: what happened, in chains that cannot be altered unnoticed, sealed into one log of the company."""

from engine.history.chain import COMPANY, Draft, Holder, add, company, erase
from engine.history.findings import Broken
from engine.history.reading import Head, count
from engine.history.rows import Chain, Entry, Leaf, Note, Seal
from engine.history.sealing import seal
from engine.history.verifying import verify

__all__ = [
    "COMPANY",
    "Broken",
    "Chain",
    "Draft",
    "Entry",
    "Head",
    "Holder",
    "Leaf",
    "Note",
    "Seal",
    "add",
    "company",
    "count",
    "erase",
    "seal",
    "verify",
]
