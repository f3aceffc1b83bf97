"""What is wrong in a whole folder of files?  Configuration, suppression, fixes, and the check of many files at once."""
