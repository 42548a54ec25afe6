"""Give what is here already its names, its cases and its first entries in the journal."""

from datetime import UTC

from django.db import migrations


def know_again(apps, schema_editor):
    """As the intake does for what comes in: names and numbers by which a thing is known, and an entry a version."""
    from raadslag.archive import recognition
    from raadslag.archive.slugs import slug_of
    from raadslag.core import chain

    def model(name):
        return apps.get_model("archive", name)

    for body in model("Body").objects.all():
        model("BodyName").objects.get_or_create(
            key=recognition.body_key(body.name) or body.slug, defaults={"written": body.name, "body": body}
        )
    names = {}
    for organization in model("Organization").objects.order_by("pk"):
        key = recognition.organization_key(organization.name) or organization.slug
        known = model("OrganizationName").objects.filter(body=organization.body_id, key=key).exists()
        names[organization.pk] = model("OrganizationName").objects.create(
            body_id=organization.body_id,
            key=organization.slug if known else key,
            written=organization.name,
            organization=organization,
        )
    for item in model("Item").objects.exclude(reference="").select_related("meeting"):
        key = recognition.case_key(item.reference)
        if key is None or not (slug := slug_of(key)):
            continue
        body = item.meeting.body_id
        number = model("CaseNumber").objects.filter(body=body, key=key).first()
        if number is None:
            taken = model("Case").objects.filter(body=body, slug=slug).exists()
            case = model("Case").objects.create(
                body_id=body, slug=f"{slug[:80]}-{item.pk}" if taken else slug, number=item.reference[:200]
            )
            number = model("CaseNumber").objects.create(
                body_id=body, key=key, digits=recognition.digits_of(key)[:200], written=case.number, case=case
            )
        model("Item").objects.filter(pk=item.pk).update(case=number.case_id)
    previous, entry = chain.START, model("JournalEntry")
    for number, version in enumerate(model("Version").objects.select_related("meeting").order_by("pk").iterator(), 1):
        model("Version").objects.filter(pk=version.pk).update(filed_as=names[version.meeting.organization_id])
        values = {
            "kind": "taken_in",
            "by": "operator",
            "about": {"version": version.identity, "files": []},
            "meetings": [version.meeting_id],
            "is_public": True,
        }
        written = version.added_at.astimezone(UTC).isoformat(timespec="microseconds")
        made = chain.link(number, values | {"at": written}, previous)
        entry.objects.create(number=number, at=version.added_at, previous=previous, hash=made.hash, **values)
        previous = made.hash


class Migration(migrations.Migration):
    """What is here is known by name, number and journal."""

    dependencies = [("archive", "0002_whole_archive")]
    operations = [migrations.RunPython(know_again, migrations.RunPython.noop)]
