"""Passwords mix at least three classes of characters."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from huzhou_targets.password_validation import CharacterClassesValidator


@pytest.mark.parametrize("password", ["abcDEF1234", "abcdef-1234", "ABCDEF-1234", "aB3-xxxxxx"])
def test_three_classes_are_enough(password: str) -> None:
    CharacterClassesValidator(classes=3).validate(password)


@pytest.mark.parametrize(("password", "classes"), [("abcdefghij", 1), ("abcdef1234", 2), ("", 0)])
def test_fewer_classes_are_refused_with_a_way_out(password: str, classes: int) -> None:
    with pytest.raises(ValidationError) as refused:
        CharacterClassesValidator(classes=3).validate(password)

    assert refused.value.messages == [
        f"密码只含 {classes} 类字符。请在大写字母、小写字母、数字、符号中至少使用 3 类。"
    ]


def test_nine_characters_are_too_few() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("aB3-xQ9zk")

    assert [error.code for error in refused.value.error_list] == ["password_too_short"]
    assert refused.value.messages == ["密码太短，至少要有 10 个字符。"]
