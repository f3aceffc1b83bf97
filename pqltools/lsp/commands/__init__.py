"""What does the server do when a command is chosen?  One file for each, named in the table of `server`."""
