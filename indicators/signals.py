"""Announcements to the apps above."""

from django.dispatch import Signal

reference_entered = Signal()
"""A reference series got a value, or another one, for a quarter. Arguments: city, period.

Sent inside the transaction of the change."""
