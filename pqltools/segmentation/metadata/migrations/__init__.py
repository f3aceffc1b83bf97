"""How did the tables come to be?  The steps in `versions/`, run when a data directory is opened."""
