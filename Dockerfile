# syntax=docker/dockerfile:1
# The portal as an image for web server, worker and commands: docs/operations/containers.md.
ARG PYTHON=3.13
ARG DEBIAN=trixie

FROM python:${PYTHON}-slim-${DEBIAN} AS build
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PYTHON=/usr/local/bin/python3 PYTHONDONTWRITEBYTECODE=1
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /portal
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-cache --quiet
# Translations into languages that the portal does not have (it has German), type stubs, and names of regions and carriers that it does
# not ask for: 60 MB.
RUN find .venv '(' -name '*.po' -o -name '*.mo' -o -name '*.pyi' ')' -not -path '*/locale/de/*' -delete \
    && rm -r .venv/lib/python*/site-packages/phonenumbers/geodata \
        .venv/lib/python*/site-packages/phonenumbers/carrierdata
COPY . .
# Only this step has these values: the settings insist on them, and collecting files uses none.
RUN SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=localhost \
    .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && .venv/bin/python -W ignore -m compileall -q .venv config markets campaigns calls signals

# pg_dump and pg_restore without the Perl scripts around them, which are larger than everything else here.
FROM debian:${DEBIAN}-slim AS postgresql
ARG POSTGRESQL=17
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends "postgresql-client-${POSTGRESQL}" \
    && mkdir /programs && cp "/usr/lib/postgresql/${POSTGRESQL}/bin/"{pg_dump,pg_restore,psql} /programs/

FROM python:${PYTHON}-slim-${DEBIAN}
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends age libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid 10001 --home-dir /portal --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal --mode 700 /data /data/imports /backups
COPY --from=postgresql /programs/ /usr/local/bin/
COPY --from=build /portal /portal
WORKDIR /portal
ENV PATH=/portal/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    PORTAL_BIND=0.0.0.0:8000 IMPORTS_ROOT=/data/imports
# The file system may be read-only: only these two, and /tmp, are written to.
VOLUME ["/data", "/backups"]
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "config.wsgi"]
