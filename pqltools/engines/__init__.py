"""Who evaluates definitions over many profiles?  Engines behind one interface, and a store for one."""
