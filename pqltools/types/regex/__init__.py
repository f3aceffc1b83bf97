"""What does a regular expression mean, is it Java, and how long may a search for it take?"""
