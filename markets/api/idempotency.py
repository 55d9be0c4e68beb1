"""Idempotency keys: a request that is sent again, because its response was lost, is not done twice."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.timezone import now

from config.ui.api import Problem
from markets.api.tokens import ApiRequest
from markets.models import IdempotencyKey

KEY = re.compile(r"[!-~]{1,200}")


def idempotent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates an endpoint: with the header Idempotency-Key what it does and its response are stored in one
    transaction, so that neither is without the other. A refused request stores nothing and can be sent again."""

    @wraps(view)
    def wrapper(request: ApiRequest, **values: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(request, **values)
        if not KEY.fullmatch(key):
            raise Problem(422, "The header Idempotency-Key takes 1 to 200 visible ASCII characters.")
        with transaction.atomic():
            stored = _reserve(request, key)
            if stored.body:
                return HttpResponse(stored.body, status=stored.status, content_type="application/json")
            response = view(request, **values)
            stored.status, stored.body = response.status_code, response.text
            stored.save(update_fields=["status", "body"])
        return response

    return wrapper


def _reserve(request: ApiRequest, key: str) -> IdempotencyKey:
    """The stored request of that key, or a new one, without a body. A second request with the key waits until the first
    is done. Raises Problem if it is another request."""
    workspace, oldest = request.access.workspace, now() - IdempotencyKey.KEPT_FOR
    workspace.idempotency_keys.filter(created_at__lt=oldest).delete()
    request_hash = _hash_of(request)
    stored, is_new = workspace.idempotency_keys.get_or_create(
        token=request.auth, key=key, defaults={"request_hash": request_hash, "status": 0, "body": ""}
    )
    if not is_new and stored.request_hash != request_hash:
        raise Problem(422, "This Idempotency-Key was sent with another request. Use a new key for each request.")
    return stored


def _hash_of(request: ApiRequest) -> str:
    found = hashlib.sha256(f"{request.method}\n{request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        found.update(request.body)
        return found.hexdigest()
    found.update(json.dumps(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(json.dumps([name, file.name, file.size]).encode())
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()
