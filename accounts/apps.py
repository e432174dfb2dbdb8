from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与权限"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Here, since receivers and checks need the models of other apps.
        from accounts import checks, receivers  # noqa: F401
