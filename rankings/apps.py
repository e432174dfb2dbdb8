from django.apps import AppConfig


class RankingsConfig(AppConfig):
    name = "rankings"
    verbose_name = "排名"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from rankings import receivers  # noqa: F401 - connects the receivers
