"""What does the server answer to each method?  One file for each, named in the table of `server`."""
