"""Entries and lines are found by their unique indexes; a second one on the same first column costs writing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rankings", "0003_late_grade_veto")]

    operations = [
        migrations.AlterField(
            model_name="rankingentry",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entries",
                to="rankings.rankingrun",
            ),
        ),
        migrations.AlterField(
            model_name="rankingline",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="rankings.rankingentry",
            ),
        ),
    ]
