"""Which functions does PQL have, what do they take, give and mean?"""
