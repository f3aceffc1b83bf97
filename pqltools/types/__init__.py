"""What are the types of PQL values, and what can be said about a value before there is one?"""
