"""Pixels to facts that need no learning: decode, scale, views, palette, quality, yarn density."""
