"""Every write to rankings: recompute requests, runs, sealing, schemes."""
