"""What is sent in is kept within its limits, under a name of our own, or not at all."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape
from openpyxl import Workbook

from markets.imports.files.uploads import UPLOAD_LIMITS, base_name, first_look, preview, reread
from markets.imports.readers import FileRefused
from markets.models import ImportJob
from tests.factories import import_draft
from tests.uploads import import_file, initial_fields, map_and_check, upload, url
from tests.workbooks import saved

BOUNDARY = "B"


def stored_files():
    root = Path(settings.IMPORTS_ROOT)
    return {path.name for path in root.iterdir()} if root.exists() else set()


def multipart(name, content=b"Email\na@b.example\n", *, fields=(("kind", "people"),)):
    """A request's body as no browser would make it."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join([*parts, head, content, f"\r\n--{BOUNDARY}--\r\n".encode()])


def post(client, body, **extra):
    return client.generic(
        "POST", url("create"), body, content_type=f"multipart/form-data; boundary={BOUNDARY}", **extra
    )


def of_size(size):
    """A CSV file of exactly so many bytes, in lines of 160."""
    line = b"a@b.example," + b"x" * 147 + b"\n"
    content = b"Email,Notes\n" + line * (size // len(line))
    return content[: size - 1] + b"\n" if len(content) >= size else content + b"y" * (size - len(content) - 1) + b"\n"


def test_the_form_states_the_limits(as_manager):
    page = as_manager.get(url("create")).content.decode()

    assert "At most 20 MB, 200,000 rows and 100 columns" in page


def test_a_file_of_just_the_size_is_taken_and_one_byte_more_is_not(as_manager):
    assert post(as_manager, multipart("a.csv", of_size(UPLOAD_LIMITS.bytes))).status_code == 302
    before = stored_files()

    answer = post(as_manager, multipart("b.csv", of_size(UPLOAD_LIMITS.bytes + 1)))

    assert answer.status_code == 413
    assert "more than 20 MB" in answer.content.decode()
    assert (stored_files(), ImportJob.objects.count()) == (before, 1)


def test_a_request_that_says_it_is_too_large_is_refused_before_it_is_read(as_manager):
    answer = post(as_manager, b"", CONTENT_LENGTH=str(10**12))

    assert answer.status_code == 413
    assert "nothing of it was kept" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Email\n" + "a@b.example\n" * 200_001, "has more than 200,000 rows"),
        (",".join(f"Column {n}" for n in range(101)) + "\n", "has 101 columns; at most 100"),
        ("", "is empty"),
        ("\x89PNG\r\n", "is a PNG image"),
        ('Email\n"' + "\n" * 20_000, "opens a quotation mark that is never closed"),
        ("Email\n\x00\n", "NUL"),
        ("x" * 300 + ",Email\n", "a name of 300 characters"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_not_kept(as_manager, content, sentence):
    before = stored_files()
    body = multipart("people.csv", content.encode("latin-1"))

    answer = post(as_manager, body)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert (stored_files(), ImportJob.objects.count()) == (before, 0)


def test_a_file_needs_the_token_of_its_form(manager, workspace):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    before = stored_files()

    assert post(client, multipart("a.csv")).status_code == 403
    assert (stored_files(), ImportJob.objects.count()) == (before, 0)
    token = client.get(url("create")).context["csrf_token"]
    fields = [("csrfmiddlewaretoken", token), ("kind", "people")]
    assert post(client, multipart("a.csv", fields=fields)).status_code == 302
    assert client.post(url("start", ImportJob.objects.get().pk)).status_code == 403


def test_nothing_is_read_from_whoever_may_not_send(client, viewer, outsider):
    for user, status in ((viewer, 403), (outsider, 404)):
        client.force_login(user)

        assert post(client, multipart("a.csv", of_size(UPLOAD_LIMITS.bytes + 1))).status_code == status


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\people.csv", "people.csv"),
        ("a\u202egpj.csv", "agpj.csv"),
        ("  many\t blanks .csv", "many blanks .csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("\x00\x01", "file"),
        ("folder/", "file"),
        ("", "file"),
    ],
)
def test_a_file_is_called_what_its_name_is_without_its_path(sent, name):
    assert base_name(sent) == name


def test_the_clients_name_is_never_a_name_on_the_disk(as_manager):
    before = stored_files()

    post(as_manager, multipart("../../x.csv"))

    job = ImportJob.objects.get()
    assert job.file_name == "x.csv"
    assert stored_files() - before == {job.file.name}
    assert int(job.file.name, 16) >= 0
    assert Path(job.file.path).stat().st_mode & 0o777 == 0o600


SCRIPT = "<script>alert(1)</script>"


def test_names_headers_and_cells_are_text_on_every_page(as_manager, market):
    content = f'Email,Name,"{SCRIPT}"\na@b.example,"{SCRIPT}","{SCRIPT}"\n"{SCRIPT}",B,C\n'
    body = multipart("&lt;img src=x onerror=alert(1)&gt;.csv", content.encode())
    assert post(as_manager, body).status_code == 302
    job = ImportJob.objects.get()
    assert job.file_name == "<img src=x onerror=alert(1)>.csv"
    pages = [as_manager.get(url("map", job.pk))]
    pages += [as_manager.post(url("map", job.pk), initial_fields(pages[0]) | {"market": market.pk, "column-0": ""})]
    map_and_check(as_manager, job, market=market.pk)
    pages += [as_manager.get(url("detail", job.pk))]
    import_file(as_manager, content.replace("a@b", "b@b"), market=market.pk)
    done = ImportJob.objects.latest("pk")
    pages += [as_manager.get(url("detail", done.pk)), as_manager.get(url("list")), as_manager.get(url("undo", done.pk))]

    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert escape(SCRIPT) in pages[0].content.decode()


def test_the_name_of_the_rejects_file_cannot_add_a_header(as_manager, workspace):
    job = import_draft(workspace, "Email", "a@b.example", name="x.csv")
    ImportJob.objects.filter(pk=job.pk).update(file_name='a"; b="ø\\.csv')

    header = as_manager.get(url("rejects", job.pk))["Content-Disposition"]

    assert header == "attachment; filename*=utf-8''a%22%3B%20b%3D%22%C3%B8%5C.rejects.csv"


def test_a_row_of_formulas_goes_out_as_text(as_manager, market):
    job = import_file(as_manager, 'Email,=1+1\n"=cmd()",@SUM\n', market=market.pk)

    text = as_manager.get(url("rejects", job.pk)).getvalue().decode("utf-8-sig")

    assert text.splitlines()[0].startswith("Email,'=1+1,Rejected: line")
    assert text.splitlines()[1].startswith("'=cmd(),'@SUM,2,email")


def test_a_file_that_is_gone_is_said(as_manager, workspace):
    job = upload(as_manager)
    Path(job.file.path).unlink()

    page = as_manager.get(url("map", job.pk), follow=True).content.decode()

    assert "is not kept any more. Send it again." in page
    assert str(settings.IMPORTS_ROOT) not in page


def test_a_preview_shows_twenty_rows_and_cuts_long_cells(workspace):
    job = import_draft(workspace, "Email,Notes", *(f"a{n}@b.example,{'x' * 5000}" for n in range(30)))

    rows = preview(job)

    assert len(rows) == 20
    assert rows[-1][0] == 21
    assert rows[0][1] == ["a0@b.example", "x" * 120 + "…"]


def test_an_unreadable_upload_raises_for_other_callers(workspace):
    with pytest.raises(FileRefused, match="is empty"):
        import_draft(workspace, name="nothing.csv")


def test_hostile_files_end_in_a_sentence(as_manager, workspace):
    for content in (b"\xff\xfe\x00", b"PK\x03\x04" + b"x" * 100, b"\xff" * 500, b"\r\r\r", b'"', b"a,b\n" + b'"' * 7):
        body = multipart("file.xlsx", content)

        answer = post(as_manager, body)

        assert answer.status_code in (200, 302)
        assert answer.status_code == 302 or 'role="alert"' in answer.content.decode()


def test_no_file_at_all_is_said(as_manager):
    answer = as_manager.post(url("create"), {"kind": "people"})

    assert "This field is required" in answer.content.decode()


def test_lines_outside_the_table_are_kept_with_the_import(as_manager):
    post(as_manager, multipart("a.csv", b"Targets\n\nName,Email\nAnn,a@b.example\n\nCopyright (c) 2026 a CRM\n"))

    job = ImportJob.objects.get()
    assert (job.header, job.row_count) == (["Name", "Email"], 1)
    assert job.skipped_lines == [{"line": 1, "text": "Targets"}, {"line": 6, "text": "Copyright (c) 2026 a CRM"}]


def test_a_draft_can_be_read_from_another_sheet(as_manager, tmp_path):
    book = Workbook()
    for name in ("Partners", "Associates"):
        book.create_sheet(name).append([f"Name of {name}", "Email"])
    book.remove(book["Sheet"])
    post(as_manager, multipart("a.xlsx", saved(tmp_path, book).read_bytes()))
    job = ImportJob.objects.get()

    reread(job=job, sheet="Associates")

    assert [sheet.name for sheet in first_look(job).sheets] == ["Partners", "Associates"]
    job.refresh_from_db()
    assert (job.header[0], job.option("sheet")) == ("Name of Associates", "Associates")
    with pytest.raises(FileRefused, match="has no sheet “Clerks”"):
        reread(job=job, sheet="Clerks")
