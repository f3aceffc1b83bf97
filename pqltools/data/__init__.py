"""How do profiles and events come out of files?  Reading, names, joins, and decoding of no more than is used."""
