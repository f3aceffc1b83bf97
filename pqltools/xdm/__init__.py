"""Which fields does a profile have?  XDM schemas: the standard ones, and those that users hand in."""
