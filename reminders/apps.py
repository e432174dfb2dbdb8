from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"
    verbose_name = "催报"
    default_auto_field = "django.db.models.BigAutoField"
