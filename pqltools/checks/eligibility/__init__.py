"""By which method can an audience be evaluated: batch, streaming or edge?  Facts, dated rules and answers.

`facts` says what an expression shows, `rules` which rules were in force on which day, `criteria` how each of them is
decided, `report` puts the answers together. Everything here follows the published documents of Adobe; where they are
silent or disagree, the answer is "unknown".
"""
