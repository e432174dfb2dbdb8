"""Keep beside the newest value of a figure the one that was handed in and stays in force."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0012_freeze_by_clock"),
    ]

    operations = [
        migrations.AddField(
            model_name="figure",
            name="submitted_revision",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="报送的是第几次填报"),
        ),
        migrations.AddField(
            model_name="figure",
            name="submitted_value",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=21, null=True, verbose_name="报送数"
            ),
        ),
    ]
