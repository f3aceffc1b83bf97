"""Who evaluates definitions over many profiles?  Engines behind one interface (`engine`), and the store that one reads."""
