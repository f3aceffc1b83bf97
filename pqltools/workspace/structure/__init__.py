"""What does an expression consist of?  Clauses, outlines, kinds of words, folds: what editors show of any text.

Everything here takes PQL text, valid or broken, and answers with offsets in it; nothing knows an editor's protocol.
"""
