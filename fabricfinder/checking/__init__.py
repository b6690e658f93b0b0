"""Whether this program, as it is installed here, can do what it was made for."""
