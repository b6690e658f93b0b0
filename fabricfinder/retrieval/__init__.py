"""Finding: exact distances, the four dimensions over a library, filters, and the words for why."""
