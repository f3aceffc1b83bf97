"""What do editors ask about PQL, and what is the answer?  The language server: `pql lsp`."""
