"""What can an editor do at one place of an expression?  Completion, hover, signatures, inlay hints, variables.

Everything here is a plain function over one PQL text, offsets in it, and what is `Known`; nothing knows an editor's
protocol. Texts may be broken anywhere.
"""
