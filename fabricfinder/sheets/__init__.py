"""Result sheets without Qt: what a sheet says, what a profile hides, and the table writers."""
