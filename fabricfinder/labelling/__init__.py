"""Labels that teach: what is asked next, what is said, and labels in and out of files."""
