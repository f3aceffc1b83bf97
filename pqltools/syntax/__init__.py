"""The language itself: grammar, tree, parser, and the messages for texts that are not in it."""
