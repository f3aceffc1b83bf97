"""What does a Segmentation Service do?  Definitions, merge policies, audiences and jobs, without HTTP: plain Python."""
