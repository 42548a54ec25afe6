"""How a document of ours tells that it is one: what the PDF writer leaves and the reader of our own looks for."""

ATTACHMENT = "record.json"
"""The name of the file in a PDF that holds its public record: canonical JSON."""

IDENTITY = "raadslag-sha256:"
"""What stands among a PDF's keywords before the identity of the record that its pages show."""

ASIDE = "Raadslag Aside"
"""The paragraph style, in our Word documents, of what is said about a product and is not its text."""

PART_MARK = "e_"
"""What the bookmark at a part of a product begins with, in our Word documents; its identity in 32 digits follows."""

COMPARED = "raadslag-changes"
"""The category, in our Word documents, of one whose text holds what went beside what is there."""
