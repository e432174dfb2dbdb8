"""Every write to cycles, uploads, figures and reviews."""
