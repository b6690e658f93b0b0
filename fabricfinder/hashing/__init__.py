"""Learned codes in torch: the published hashing systems behind one contract."""
