from django.apps import AppConfig


class DistrictsConfig(AppConfig):
    name = "districts"
    verbose_name = "组织机构"
    default_auto_field = "django.db.models.BigAutoField"
