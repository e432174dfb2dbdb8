from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "returns"
    verbose_name = "填报"
    default_auto_field = "django.db.models.BigAutoField"
