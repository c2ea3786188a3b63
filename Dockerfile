# syntax=docker/dockerfile:1

# The front-end packages, as npm's lock file says.
FROM node:24-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# The Python packages. Nothing is compiled: all that is pinned comes as a wheel.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv /opt/passerelle \
    && /opt/passerelle/bin/pip install --only-binary=:all: --requirement requirements.txt

# The portal with its catalogues compiled and its static files gathered.
FROM packages AS portal
WORKDIR /srv/passerelle
COPY . .
COPY --from=assets /build/node_modules ./node_modules
RUN python -m venv /build/babel \
    && /build/babel/bin/pip install "$(grep -i '^babel==' tests/requirements.txt)" \
    && /build/babel/bin/pybabel compile --directory portal/locale --domain django \
    && rm -r tests \
    # A checkout that others may not read would be one that the image's user may not.
    && chmod -R go=rX . \
    && DATABASE_URL=postgres://none REDIS_URL=redis://none SECRET_KEY=only-to-gather-static-files LOG_FORMAT=line \
       /opt/passerelle/bin/python manage.py collectstatic --no-input --verbosity 0

# What runs: as nobody in particular, on a root that is not written to.
FROM python:3.11-slim-bookworm
# postgresql-client is for `manage.py backup`: its version must not be below the server's.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 passerelle \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin passerelle \
    && install --directory --owner 10001 --group 10001 --mode 0700 \
       /srv/passerelle/var/media /var/lib/passerelle/spool /var/lib/passerelle/backup /run/passerelle
COPY --from=packages /opt/passerelle /opt/passerelle
COPY --from=portal /srv/passerelle /srv/passerelle
ENV PATH=/opt/passerelle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    METRICS_DIR=/run/passerelle \
    TMPDIR=/var/lib/passerelle/spool
WORKDIR /srv/passerelle
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "python:portal.serving", "--bind", "0.0.0.0:8000", "portal.wsgi"]
