"""Where are profiles kept so that segments are found quickly?  In columns, with events and their items in own tables.

`shapes` says which columns there are, `fitting` what is refused, `loading` how data come in, `store` what is in there.
"""
