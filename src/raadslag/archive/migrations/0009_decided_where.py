import json

from django.db import migrations, models


def tell_where(apps, schema_editor):
    """As the intake does for what comes in: what each record says of the decision that it stems from."""
    from raadslag.archive.models import is_day
    from raadslag.archive.recognition import organization_key

    standings = apps.get_model("archive", "Standing").objects
    for row in standings.filter(withdrawn_at=None).only("record").iterator():
        decided = json.loads(bytes(row.record)).get("decided")
        if decided and is_day(decided["on"]):
            standings.filter(pk=row.pk).update(
                decided_on=decided["on"],
                decided_by=organization_key(decided["organization"]),
                decided_meeting=(decided.get("meeting") or "")[:200],
                decided_item=decided.get("item") or "",
            )


class Migration(migrations.Migration):
    """A commitment is found by the decision that it stems from."""

    dependencies = [("archive", "0008_commitments")]

    operations = [
        migrations.AddField("standing", "decided_on", models.CharField(blank=True, max_length=10)),
        migrations.AddField("standing", "decided_by", models.CharField(blank=True, max_length=100)),
        migrations.AddField("standing", "decided_meeting", models.CharField(blank=True, max_length=200)),
        migrations.AddField("standing", "decided_item", models.TextField(blank=True)),
        migrations.AddIndex(
            "standing", models.Index(fields=["decided_meeting", "decided_on"], name="standing_decided")
        ),
        migrations.RunPython(tell_where, migrations.RunPython.noop),
    ]
