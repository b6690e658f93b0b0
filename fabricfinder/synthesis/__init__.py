"""Cloth from a recipe: drafts, yarns, colour plans, prints, sett -> a swatch with exact labels."""
