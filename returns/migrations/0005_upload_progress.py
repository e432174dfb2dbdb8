"""Uploads are read by a worker: the states on the way, the lease of whoever reads, and how often."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("returns", "0004_upload_preview")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="lease_until",
            field=models.DateTimeField("读取最迟至", blank=True, null=True),
        ),
        migrations.AddField(
            model_name="upload",
            name="attempts",
            field=models.PositiveSmallIntegerField("读取次数", default=0),
        ),
        migrations.AlterField(
            model_name="upload",
            name="state",
            field=models.CharField(
                "结果",
                choices=[
                    ("received", "排队中"),
                    ("reading", "正在读取"),
                    ("checking", "正在校验"),
                    ("stored", "已入库"),
                    ("unchanged", "与已有数据相同"),
                    ("refused", "已退回"),
                    ("checked", "等待确认"),
                    ("discarded", "已放弃，未入库"),
                ],
                default="received",
                max_length=12,
            ),
        ),
    ]
