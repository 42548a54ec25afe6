"""Coverage-guided fuzzing of the readers with atheris: `make fuzz`, ten minutes for all of them.

`FUZZ_SECONDS` sets another length. What is found stands in build/fuzz/<format>/ and is run again by
`python -m fuzz.target <format> FILE`.
"""
