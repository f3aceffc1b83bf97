"""What is wrong, suspicious or not eligible in an expression that parses?  `check` answers with diagnostics."""
