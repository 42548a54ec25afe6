from django.db import migrations, models


class Migration(migrations.Migration):
    """What was served is counted by record. Nothing has been counted before, so the table is made anew."""

    dependencies = [("archive", "0005_portraits")]

    operations = [
        migrations.DeleteModel(name="Served"),
        migrations.CreateModel(
            name="Served",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("address", models.CharField(max_length=500)),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("identity", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["identity"], name="served_identity")],
                "constraints": [
                    models.UniqueConstraint(fields=("day", "address", "identity"), name="served_is_counted_once_a_day")
                ],
            },
        ),
    ]
