"""How is what must last kept?  SQLite tables of JSON documents: `tables` says which, `store` how, `documents` reads."""
