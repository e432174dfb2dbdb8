"""Uploads that wait for confirmation: their preview, those sent together, and those given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("returns", "0003_first_submission")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="batch",
            field=models.UUIDField("同批上传", blank=True, db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="upload",
            name="preview",
            field=models.JSONField(
                "预览", blank=True, default=dict, help_text="检查时的新增、改动、未变项数和当时的版本指纹。"
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="state",
            field=models.CharField(
                "结果",
                choices=[
                    ("received", "已收到"),
                    ("stored", "已入库"),
                    ("unchanged", "与已有数据相同"),
                    ("refused", "已退回"),
                    ("checked", "已检查，未入库"),
                    ("discarded", "已放弃，未入库"),
                ],
                default="received",
                max_length=12,
            ),
        ),
    ]
