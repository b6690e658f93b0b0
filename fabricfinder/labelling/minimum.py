"""The lowest point of a smooth convex function: limited-memory BFGS, Nocedal & Wright algorithm 7.4."""

from collections.abc import Callable

import numpy as np

_MEMORY = 8
_ARMIJO = 1e-4


def lowest(
    cost: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, steps: int = 60,
    close: float = 1e-4,
) -> np.ndarray:  # fmt: skip
    """Where a function is lowest, float64 (n,).

    Args:
        cost: value and gradient at a point.
        start: where to begin, (n,).
        steps: at most so many.
        close: ends where no component of the gradient is steeper.
    """
    at = np.asarray(start, np.float64).copy()
    value, slope = cost(at)
    moves: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(steps):
        if np.abs(slope).max() < close:
            break
        way = -_turned(slope, moves)
        down = float(way @ slope)
        if down >= 0:
            moves, way, down = [], -slope, -float(slope @ slope)
        length = 1.0 if moves else min(1.0, 1.0 / np.abs(slope).sum())
        for _ in range(30):
            tried, tried_slope = cost(at + length * way)
            if tried <= value + _ARMIJO * length * down:
                break
            length /= 2
        else:
            break
        step, turn = length * way, tried_slope - slope
        if float(step @ turn) > 1e-12:
            moves = [*moves[-_MEMORY + 1 :], (step, turn)]
        at, value, slope = at + step, tried, tried_slope
    return at


def _turned(slope: np.ndarray, moves: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The gradient times the inverse Hessian that the last moves suggest (two-loop recursion)."""
    q, alphas = slope.copy(), []
    for step, turn in reversed(moves):
        alpha = float(step @ q) / float(step @ turn)
        q -= alpha * turn
        alphas.append(alpha)
    if moves:
        step, turn = moves[-1]
        q *= float(step @ turn) / float(turn @ turn)
    for (step, turn), alpha in zip(moves, reversed(alphas), strict=True):
        q += (alpha - float(turn @ q) / float(step @ turn)) * step
    return q
