"""How is PQL coloured where no parser runs: by editors' grammars, and by Pygments in documentation?

`words` takes the vocabulary from the grammar and from the registry of functions, `pieces` says once what a highlighter
tells apart, and each other file writes that down for one kind of program. `builder` writes the files in `editors/`.
"""
