"""Labels that teach: what is asked next, what is said, and labels in and out of files."""

from fabricfinder.labelling.choices import DIGITS, KEYS, LETTERS, Group, groups_of
from fabricfinder.labelling.deeds import Asked, Labelling, LabelQueue, Turned
from fabricfinder.labelling.queue import DISAGREE, LEAST_SURE, MOST_USEFUL, ORDERS, RANDOM

__all__ = [
    "DIGITS", "DISAGREE", "KEYS", "LEAST_SURE", "LETTERS", "MOST_USEFUL", "ORDERS", "RANDOM",
    "Asked", "Group", "LabelQueue", "Labelling", "Turned", "groups_of",
]  # fmt: skip
