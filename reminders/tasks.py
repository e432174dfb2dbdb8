"""Celery tasks: thin faces over the services. Each may run twice."""

from __future__ import annotations

from celery import shared_task

from reminders.services import deliver, due_deliveries, send_due_reminders


@shared_task(name="reminders.send_due")
def send_reminders() -> None:
    """Make the reminders that are due, and ring for every delivery that waits."""
    send_due_reminders()
    for delivery_id in due_deliveries():
        deliver_reminder.delay(delivery_id=delivery_id)


@shared_task(name="reminders.deliver")
def deliver_reminder(*, delivery_id: int) -> None:
    """Try one delivery. Whatever a channel raises ends this task alone."""
    deliver(delivery_id)
