"""What members read before a meeting: the sent agenda and its papers, what is new, answers and questions."""
