"""Celery tasks: thin faces over the services. Each may run twice, and what one raises stops no other."""

from __future__ import annotations

from celery import shared_task

from reminders.services import cycles_to_remind, deliver, due_deliveries, send_due_reminders


@shared_task(name="reminders.send_due")
def send_reminders() -> None:
    """Ring for every cycle in which reminders may be due, and for every delivery that waits."""
    for cycle_id in cycles_to_remind():
        remind_cycle.delay(cycle_id=cycle_id)
    for delivery_id in due_deliveries():
        deliver_reminder.delay(delivery_id=delivery_id)


@shared_task(name="reminders.remind_cycle")
def remind_cycle(*, cycle_id: int) -> None:
    """Make the reminders of one cycle that are due."""
    send_due_reminders(cycle_id)


@shared_task(name="reminders.deliver")
def deliver_reminder(*, delivery_id: int) -> None:
    """Try one delivery."""
    deliver(delivery_id)
