"""What does an expression say in plain English?"""
