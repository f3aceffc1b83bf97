"""Which types do the parts of an expression have, what is each part of, and where is null false?"""
