"""A version of a product, let out by a person's press as it was frozen: what it says, why it changed, and in which
group's name, never in a person's, but for who is written down as having made a table of facts. Each version is let out,
and taken back, by itself."""
