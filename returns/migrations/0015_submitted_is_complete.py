"""What is handed in has value and revision, and is the newest of a figure in that state."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0001_initial"),
        ("indicators", "0003_leader_assignment"),
        ("returns", "0014_fill_submitted_value"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("submitted_revision", None), ("submitted_value", None)),
                    models.Q(("submitted_revision__isnull", False), ("submitted_value__isnull", False)),
                    _connector="OR",
                ),
                name="figure_submitted_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "submitted"), _negated=True),
                    models.Q(
                        ("submitted_revision", models.F("revision_number")),
                        ("submitted_revision__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="figure_submitted_is_newest",
            ),
        ),
    ]
