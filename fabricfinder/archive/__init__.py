"""What a person does to her archive; every deed a named step that can be taken back."""
