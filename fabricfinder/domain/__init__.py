"""The nouns of fabricfinder and the definitions of similarity: stdlib and numpy only."""
