"""A file of people, where it is about noon now."""

from django.utils.timezone import now


def people_file(count):
    zone = f"Etc/GMT{now().hour - 12:+d}"
    lines = ["First Name,Last Name,Company,Email,Phone,Time zone"]
    for number in range(count):
        lines.append(f"Ann,Person{number:02},Wolf LLP,ann{number}@wolf.example,(212) 555-01{number:02},{zone}")
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
