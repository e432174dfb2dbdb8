"""What schemes may add to a total: days late, a grade, missed veto indicators. Null where there is no rule."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rankings", "0002_objections_and_external_boards")]

    operations = [
        migrations.AddField(
            model_name="rankingentry",
            name="late",
            field=models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="迟报扣分"),
        ),
        migrations.AddField(
            model_name="rankingentry",
            name="grade",
            field=models.CharField(max_length=50, null=True, verbose_name="等次"),
        ),
        migrations.AddField(
            model_name="rankingentry",
            name="vetoed",
            field=models.JSONField(null=True, verbose_name="未达标的否决性指标"),
        ),
    ]
