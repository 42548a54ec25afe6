"""What `make bench` measures: one module a line, each against something measured beside it in the same run."""
