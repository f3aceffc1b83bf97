"""Who evaluates definitions over many profiles?  Engines behind one interface, and the store that one reads."""
