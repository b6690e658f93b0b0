"""From cloth on a table to a picture of known scale: scale card, scanner, camera, watched folder."""
