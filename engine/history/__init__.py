"""The record: what happened, in tamper-evident chains sealed into one log of the company."""

from engine.history.chain import COMPANY, Holder, NewEntry, add, company, erase
from engine.history.findings import Broken
from engine.history.reading import Head, count
from engine.history.rows import Chain, Entry, Leaf, Note, Seal
from engine.history.sealing import seal
from engine.history.verifying import verify

__all__ = [
    "COMPANY",
    "Broken",
    "Chain",
    "Entry",
    "Head",
    "Holder",
    "Leaf",
    "NewEntry",
    "Note",
    "Seal",
    "add",
    "company",
    "count",
    "erase",
    "seal",
    "verify",
]
