"""Who are the people, and which segments are they in?  Fragments, events and memberships, in one DuckDB file.

DuckDB and not Parquet files with a manifest of our own. Measured on two cores over 167 MB of profiles with events, read
as lines of JSON through Arrow: DuckDB 0.7 to 1.0 s, Parquet with zstd 0.7 to 1.3 s; 61 MB of disk against 24 MB. So
reading decides nothing, and DuckDB brings what is hard to get right: transactions that are there as a whole or not
after a crash, snapshots for readers while others write, joins and sorts that spill to disk within a limit of memory.
Its price is that one process has the file; an engine in another process is handed the blocks.

Things are laid out for one kind of reading, all of a range of profiles:

- every profile has a number (`pid`), given when its identity is first seen, and everything refers to that: memberships
  are pairs of numbers, and rows of a batch are stored in the order of them, so that a range is read by itself;
- a fragment is stored as the text of its object without the last brace, so that a profile with its events is put
  together by concatenation; most profiles have one fragment, and Python sees them only as the bytes of a block;
- the events of a profile in one batch are one row, sorted and joined with commas.
"""
