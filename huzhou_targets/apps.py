import gc

from django.apps import AppConfig


class HuzhouTargetsConfig(AppConfig):
    name = "huzhou_targets"
    verbose_name = "目标考核平台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep what is loaded by now, and lives as long as the process, out of every garbage collection.

        Taking in ten thousand figures makes enough objects for one or two full collections, and each of them
        would walk through all of Django's classes again: a tenth of a second.
        """
        gc.freeze()
