"""``fabricfinder teach``: a lesson from a library's own pictures, taken up where it is worth it."""

import argparse

from fabricfinder.commands import open_finder
from fabricfinder.domain.lesson import Lesson
from fabricfinder.teaching import told
from fabricfinder.terminal import run


def teach_command(arguments: argparse.Namespace) -> int:
    """Teach a library's encoder, or go back to the one that ships; prints what came of it."""
    finder = open_finder(arguments.library)
    try:
        if arguments.go_back:
            run(finder.teaching.go_back())
            print("The encoder that came with the program answers again.")
            return 0
        lesson: Lesson = run(
            finder.teaching.learn(
                with_labels=not arguments.without_labels, steps=arguments.steps,
                model=arguments.model, replay=arguments.replay, labels=arguments.labels,
            )
        )  # fmt: skip
        print(told(lesson))
    finally:
        finder.close()
    return 0
