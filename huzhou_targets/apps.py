from django.apps import AppConfig


class HuzhouTargetsConfig(AppConfig):
    name = "huzhou_targets"
    verbose_name = "目标考核平台"
    default_auto_field = "django.db.models.BigAutoField"
