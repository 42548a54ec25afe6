"""From a committee's approved work to the council's case, from its decision to commitments, and what became of them."""
