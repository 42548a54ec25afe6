"""Meetings: planning and calling them, their agendas, who comes, and what is asked beforehand."""
