"""How reminders reach people. A further channel (浙政钉, SMS) is a class like these, named in a setting.

`REMINDER_CHANNELS` lists dotted paths. A channel says whom it can reach in an organisation, under keys of its own,
and sends one message to one key. It raises NotDelivered only where the message was certainly not taken: then it is
tried again. Anything else that it raises leaves the result unknown, and so does a worker that is killed: nothing is
sent again but by hand. A reminder thus arrives at most once; nobody is disturbed twice, and whoever sends sees at
once which one to ask about.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.module_loading import import_string

from accounts.models import Contact, User
from districts.models import Organisation
from reminders.models import BELL


class NotDelivered(Exception):
    """The message was certainly not taken; it is tried again. Says why, without addresses or secrets."""


class ResultUnknown(Exception):
    """The connection broke while the message was handed over. Says how, without addresses or secrets."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is sent: a title, a text, and the address of the page where one acts (also in the text)."""

    subject: str
    text: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Whom a channel reaches: its own key, and a label for lists in which numbers and addresses are masked."""

    key: str
    label: str
    user_id: int | None = None


class Channel(Protocol):
    """One way to reach people; code is kept with each delivery, label is shown."""

    code: str
    label: str

    def recipients(self, organisation: Organisation, users: Sequence[User]) -> Sequence[Recipient]:
        """Whom to reach in an organisation; users are the accounts that should act. Empty where nobody is."""

    def send(self, key: str, message: Message) -> None:
        """Send to one recipient. Raises NotDelivered or ResultUnknown."""


class BellChannel:
    """The notices inside the application: the delivery's row is the notice, so sending it takes nothing."""

    code = BELL
    label = "站内提醒"

    def recipients(self, organisation: Organisation, users: Sequence[User]) -> Sequence[Recipient]:
        """The accounts themselves."""
        return [Recipient(key=f"user:{user.pk}", label=user.label, user_id=user.pk) for user in users]

    def send(self, key: str, message: Message) -> None:
        """Nothing is left to do."""


class EmailChannel:
    """E-mail to the offices of an organisation, through Django's mail settings."""

    code = "email"
    label = "电子邮件"

    def recipients(self, organisation: Organisation, users: Sequence[User]) -> Sequence[Recipient]:
        """The contacts that have an address, masked for lists."""
        contacts = Contact.objects.filter(organisation=organisation).exclude(email="")
        return [
            Recipient(key=f"contact:{contact.pk}", label=f"{contact.office}（{contact.masked_email}）")
            for contact in contacts
        ]

    def send(self, key: str, message: Message) -> None:
        """Send to the contact's present address. Raises NotDelivered, or ResultUnknown.

        What fails before the connection stands, and what the server refuses with a code, was not taken. A break
        after that may come after the server has taken the message.
        """
        contact = Contact.objects.filter(pk=key.removeprefix("contact:")).exclude(email="").first()
        if contact is None:
            raise NotDelivered("联系方式已经删除，或不再有邮箱")
        mail = EmailMessage(subject=message.subject, body=message.text, to=[contact.email])
        connection = get_connection()
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise NotDelivered(f"连不上邮件服务器（{type(error).__name__}）") from error
        try:
            connection.send_messages([mail])
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            raise NotDelivered(f"邮件服务器没有接受（{type(error).__name__}）") from error
        except (smtplib.SMTPException, OSError) as error:
            raise ResultUnknown(f"发送时与邮件服务器的连接中断（{type(error).__name__}）") from error
        finally:
            connection.close()


@cache
def _load(path: str) -> Channel:
    channel: Channel = import_string(path)()
    return channel


def channels() -> list[Channel]:
    """The channels in use, in the order of the setting."""
    return [_load(path) for path in settings.REMINDER_CHANNELS]


def channel_label(code: str) -> str:
    """A channel's name for people; the code where it is no longer in use."""
    return next((channel.label for channel in channels() if channel.code == code), code)
