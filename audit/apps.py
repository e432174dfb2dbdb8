from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import protection  # models must be loaded first

        pre_migrate.connect(protection.remove_before_migrate, sender=self)
        post_migrate.connect(protection.install_after_migrate, sender=self)
