"""Rules for passwords that Django does not bring itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError


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
