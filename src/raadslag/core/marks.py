"""How a document of ours tells that it is one: what the PDF writer leaves and the reader of our own looks for."""

ATTACHMENT = "record.json"
"""The name of the file in a PDF that holds its public record: canonical JSON."""

IDENTITY = "raadslag-sha256:"
"""What stands among a PDF's keywords before the identity of the record that its pages show."""
