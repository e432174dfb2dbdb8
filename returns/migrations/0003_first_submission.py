"""When a return was first handed in; for those there already the earliest of its figures' times."""

from django.db import migrations, models
from django.db.models import Min


def fill_from_figures(apps, schema_editor):
    Return = apps.get_model("returns", "QuarterlyReturn")
    for item in Return.objects.annotate(first=Min("figures__submitted_at")).exclude(first=None):
        Return.objects.filter(pk=item.pk).update(submitted_at=item.first)


class Migration(migrations.Migration):
    dependencies = [("returns", "0002_objection_until")]

    operations = [
        migrations.AddField(
            model_name="quarterlyreturn",
            name="submitted_at",
            field=models.DateTimeField(
                blank=True, help_text="以后修改、退回再报都不改变它。", null=True, verbose_name="首次报送时间"
            ),
        ),
        migrations.RunPython(fill_from_figures, migrations.RunPython.noop),
    ]
