"""Imports of files: started, and followed until they end."""

from datetime import datetime
from typing import Self

from django.shortcuts import get_object_or_404
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.responses import invalid
from markets.api.tokens import ApiRequest
from markets.filters import ImportFilter
from markets.forms import ImportOptionsForm
from markets.imports import jobs
from markets.imports.files import uploads
from markets.imports.readers import FileRefused
from markets.models import ImportJob, ImportKind, ImportRejection, Scope

router = Router(tags=["Imports"])


class ImportOut(Schema):
    id: int = Field(examples=[8])
    kind: str = Field(description="people, calls or suppressions.", examples=["people"])
    state: str = Field(
        description="draft, checking, waiting, running; then completed, failed or undone.", examples=["completed"]
    )
    file_name: str = Field(examples=["people.csv"])
    rows: int = Field(description="Rows that are done.", examples=[120])
    row_count: int | None = Field(description="Rows of the file, once they are counted.", examples=[120])
    created: int = Field(examples=[100])
    updated: int = Field(examples=[15])
    unchanged: int = Field(examples=[4])
    rejected: int = Field(examples=[1])
    failure: str = Field(description="Why it failed, or stands still.", examples=[""])
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: ImportJob) -> Self:
        names = ("id", "kind", "state", "file_name", "rows", "row_count", "created", "updated", "unchanged")
        more = ("rejected", "failure", "created_at", "finished_at")
        return cls(**{name: getattr(job, name) for name in (*names, *more)})


class ImportQuery(PageQuery):
    q: Text | None = Field(None, description="Words of the file's name.")
    kind: Text | None = None
    state: Text | None = None


class ImportPage(Page):
    items: list[ImportOut]


class RejectionOut(Schema):
    """A row that was rejected."""

    line: int = Field(examples=[7])
    code: str = Field(examples=["no_key"])
    message: str = Field(examples=["Nothing tells this person apart."])
    cells: list[str] = Field(examples=[["Ann Lee", ""]])

    @classmethod
    def of(cls, rejection: ImportRejection) -> Self:
        return cls(**{name: getattr(rejection, name) for name in ("line", "code", "message", "cells")})


class RejectionPage(Page):
    items: list[RejectionOut]


class ImportIn(Schema):
    kind: Text = Field(description="people, calls or suppressions.", examples=["people"])
    market: Id | None = Field(None, description="For people: the market whose landscape they join.")
    campaign: Id | None = Field(None, description="For calls that name none, or for people: the campaign they join.")


@endpoint(router, "GET", "imports", scope=Scope.IMPORTS_READ, answers=ImportPage)
def list_imports(request: ApiRequest, query: Query[ImportQuery]) -> ImportPage:
    """Lists imports.

    People who are sent by a token are imports, too.
    """
    workspace = request.access.workspace
    page, cursor = page_of(filtered(ImportFilter, workspace.imports.all(), query.filters, workspace), query)
    return ImportPage(items=[ImportOut.of(job) for job in page], next_cursor=cursor)


@endpoint(router, "GET", "imports/{import_id}", scope=Scope.IMPORTS_READ, answers=ImportOut)
def get_import(request: ApiRequest, import_id: Id) -> ImportOut:
    """Shows how far an import is.

    Ask again every few seconds until it is completed or failed.
    """
    return ImportOut.of(get_object_or_404(request.access.workspace.imports, pk=import_id))


@endpoint(router, "GET", "imports/{import_id}/rejections", scope=Scope.IMPORTS_READ, answers=RejectionPage)
def list_rejections(request: ApiRequest, import_id: Id, query: Query[PageQuery]) -> RejectionPage:
    """Lists the rows that an import rejected."""
    job = get_object_or_404(request.access.workspace.imports, pk=import_id)
    page, cursor = page_of(job.rejections.filter(workspace=job.workspace_id), query)
    return RejectionPage(items=[RejectionOut.of(rejection) for rejection in page], next_cursor=cursor)


@endpoint(
    router,
    "POST",
    "imports",
    scope=Scope.IMPORTS_WRITE,
    answers=ImportOut,
    status=202,
    refusals=(409,),
    takes_key=True,
    example={"kind": "suppressions"},
    body_type="multipart/form-data",
)
def start_import(request: ApiRequest, target: Form[ImportIn], file: File[UploadedFile]) -> ImportOut:
    """Starts the import of a file.

    Its columns are read as the preset for such headers says, or else guessed: import one such file on the page Imports
    first to see how. A worker does the rest.
    """
    workspace = request.access.workspace
    if target.kind not in ImportKind.values:
        raise invalid([("kind", f"Use one of {', '.join(ImportKind.values)}.")])
    try:
        job = uploads.receive(workspace=workspace, kind=target.kind, uploaded=file, by=None)
    except FileRefused as refused:
        raise invalid([("file", str(refused))]) from None
    try:
        _start(job, target)
    except BaseException:
        uploads.discard(job=job, by=None)
        raise
    return ImportOut.of(job)


def _start(job: ImportJob, target: ImportIn) -> None:
    """With the options that the page offers first. Raises Problem if the import needs others."""
    blank = ImportOptionsForm(job=job, initial={"market": target.market, "campaign": target.campaign})
    offered = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()}
    chosen = {name: value for name, value in offered.items() if value is not None}
    form = ImportOptionsForm(chosen, job=job, initial={})
    if not form.is_valid():
        errors = {name.replace("__all__", "file"): texts for name, texts in form.errors.items()}
        raise invalid((name, " ".join(map(str, texts))) for name, texts in errors.items())
    uploads.save_options(job=job, options=form.options, by=None)
    jobs.request_start(job=job, by=None)
