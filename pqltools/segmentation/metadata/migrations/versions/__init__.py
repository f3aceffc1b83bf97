"""Which steps have there been?  One file each, `vNNNN_what.py`, never changed once it is published."""
