"""Hash codes as packed bits, and the Hamming distance between them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class HashCode:
    """A binary code: ``packed`` holds ``n_bits`` bits, big-endian within each byte.

    Raises:
        ValueError: the bytes do not hold exactly n_bits (a multiple of 8).
    """

    packed: bytes
    n_bits: int

    def __post_init__(self) -> None:
        if self.n_bits % 8 or len(self.packed) * 8 != self.n_bits:
            raise ValueError(f"{len(self.packed)} bytes cannot hold {self.n_bits} bits")

    @property
    def bits(self) -> np.ndarray:
        """The bits, uint8 (n_bits,) in {0, 1}."""
        return np.unpackbits(np.frombuffer(self.packed, np.uint8))

    def distance(self, other: "HashCode") -> int:
        """Hamming distance; raises ValueError when the lengths differ."""
        if self.n_bits != other.n_bits:
            raise ValueError(f"codes of {self.n_bits} and {other.n_bits} bits do not compare")
        return int(np.count_nonzero(self.bits != other.bits))


def pack_bits(bits: np.ndarray) -> np.ndarray:
    """Pack uint8 (..., n_bits) in {0, 1} to uint8 (..., n_bits/8), big-endian within a byte.

    Raises:
        ValueError: n_bits is no multiple of 8 or a value is neither 0 nor 1.
    """
    bits = np.asarray(bits)
    if bits.shape[-1] % 8 or bits.size and (bits.min() < 0 or bits.max() > 1):
        raise ValueError("bits must be 0 or 1 and come in multiples of 8")
    return np.packbits(bits.astype(np.uint8), axis=-1)


def unpack_bits(packed: np.ndarray) -> np.ndarray:
    """Unpack uint8 (..., n_bytes) to uint8 (..., 8·n_bytes) in {0, 1}; the inverse of pack_bits."""
    return np.unpackbits(np.asarray(packed, np.uint8), axis=-1)
