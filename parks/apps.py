from django.apps import AppConfig


class ParksConfig(AppConfig):
    name = "parks"
    verbose_name = "产业园区"
    default_auto_field = "django.db.models.BigAutoField"
