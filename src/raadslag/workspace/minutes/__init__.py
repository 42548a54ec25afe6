"""What is written while a meeting is held: attendance, texts, outcomes, votes; reading-out, adjourning, signing."""
