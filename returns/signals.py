"""Announcements to the apps above."""

from django.dispatch import Signal

figures_changed = Signal()
"""Figures of a cycle changed in a way that concerns rankings. Arguments: cycle, reason.

Sent inside the transaction of the change."""
