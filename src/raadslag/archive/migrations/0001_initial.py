import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Body",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=100, unique=True)),
                ("name", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=130)),
                ("start", models.CharField(max_length=16)),
                ("start_on", models.DateField()),
                ("adjourned", models.CharField(blank=True, max_length=16)),
                ("place", models.TextField(blank=True)),
                ("title", models.TextField(blank=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="archive.body"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("slug", models.SlugField()),
                ("number", models.TextField(blank=True)),
                ("title", models.TextField(blank=True)),
                ("reference", models.TextField(blank=True)),
                ("access", models.CharField(max_length=10)),
                ("outcome", models.CharField(blank=True, max_length=30)),
                ("actor", models.TextField(blank=True)),
                ("decision", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="archive.meeting"
                    ),
                ),
            ],
            options={
                "ordering": ["version", "order"],
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=100)),
                ("name", models.CharField(max_length=300)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="organizations", to="archive.body"
                    ),
                ),
            ],
            options={
                "ordering": ["slug"],
            },
        ),
        migrations.AddField(
            model_name="meeting",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="archive.organization"
            ),
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("name", models.CharField(blank=True, max_length=255)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("sha256"), 64),
                        name="file_is_named_by_a_sha256",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("number", models.TextField(blank=True)),
                ("title", models.TextField()),
                ("document", models.TextField(blank=True)),
                ("reference", models.TextField(blank=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="archive.item"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="archive.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["item", "order"],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("agenda", "Agenda"), ("minutes", "Minutes"), ("unstated", "Paper")], max_length=10
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("identity", models.CharField(max_length=64, unique=True)),
                ("record", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                ("is_current", models.BooleanField(default=False)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="archive.meeting"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="archive.storedfile",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="item",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="archive.version"
            ),
        ),
        migrations.CreateModel(
            name="WaitingPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=255)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("not_confirmed", "Nobody has said that it is already public"),
                            ("screening", "Screening found something that must be looked at"),
                            ("unidentified", "It does not show whose meeting it is, or when"),
                        ],
                        max_length=20,
                    ),
                ),
                ("hits", models.JSONField(default=list)),
                ("missing", models.JSONField(default=list)),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["added_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("sha256"), 64),
                        name="waiting_paper_is_named_by_a_sha256",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["not_confirmed", "screening", "unidentified"])),
                        name="waiting_reason_is_known",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(fields=("body", "slug"), name="organization_slug_is_unique_in_its_body"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["-start_on", "-start"], name="meeting_latest"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["organization", "-start_on"], name="meeting_of_organization"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(fields=("body", "slug"), name="meeting_slug_is_unique_in_its_body"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                fields=("organization", "start"), name="meeting_starts_once_in_its_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.In(django.db.models.functions.text.Length("start"), [10, 16]),
                name="meeting_start_is_a_local_time",
                violation_error_message="A meeting starts on a day, or on a day at a time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(fields=("item", "order"), name="attachment_order_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("meeting", "kind", "number"), name="version_is_numbered_once"),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)), fields=("meeting",), name="meeting_has_one_current_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="version_counts_from_one"),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("identity"), 64),
                name="version_identity_is_a_sha256",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["agenda", "minutes", "unstated"])), name="version_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("version", "order"), name="item_order_is_unique_in_its_version"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("version", "slug"), name="item_slug_is_unique_in_its_version"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("access__in", ["open", "closed", "unknown"])), name="item_access_is_known"
            ),
        ),
    ]
