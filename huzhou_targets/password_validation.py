"""Rules for passwords that Django does not bring itself."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django_password_validators.password_history.password_validation import UniquePasswordsValidator


class CharacterClassesValidator:
    """Asks for characters of several classes: lower case, upper case, digits, everything else."""

    def __init__(self, classes: int = 3) -> None:
        self.classes = classes

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when the password mixes fewer classes than asked for."""
        found = [
            any(character.islower() for character in password),
            any(character.isupper() for character in password),
            any(character.isdigit() for character in password),
            any(not character.isalnum() for character in password),
        ]
        if sum(found) < self.classes:
            raise ValidationError(
                f"密码只含 {sum(found)} 类字符。{self.get_help_text()}", code="password_too_few_classes"
            )

    def get_help_text(self) -> str:
        return f"请在大写字母、小写字母、数字、符号中至少使用 {self.classes} 类。"


class LengthValidator(MinimumLengthValidator):
    """Django's rule with words of our own: its newest message has no Chinese translation yet."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要有 {self.min_length} 个字符。"

    def get_help_text(self) -> str:
        return f"密码至少要有 {self.min_length} 个字符。"


class UnusedPasswordValidator(UniquePasswordsValidator):
    """Refuses the present password and the latest ones before it; the library keeps their hashes."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when this account has had the password."""
        if getattr(user, "pk", None) is None:
            return
        refused = ValidationError(f"这个密码用过了。{self.get_help_text()}", code="password_used")
        if user.check_password(password):
            raise refused
        try:
            super().validate(password, user)
        except ValidationError as error:
            raise refused from error

    def password_changed(self, password: str, user: Any = None) -> None:
        """Keep the new password's hash among the latest ones."""
        if getattr(user, "pk", None) is not None:
            super().password_changed(password, user)

    def get_help_text(self) -> str:
        return f"不能与最近 {self.last_passwords} 次用过的密码相同。"
