"""What PQL is written in: pql/text, pql/json, and the segment definition files that hold them."""
