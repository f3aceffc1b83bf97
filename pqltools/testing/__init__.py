"""Does a segment do what its author meant?  Tests as files beside the definitions; see the README of this folder."""
