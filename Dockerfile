# treatywatch in a container: no shell needed at run time, nobody is root, and all that is kept lies in /data.
#
#   docker build -t treatywatch .
#   docker run --init --stop-timeout 20 --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v treatywatch:/data treatywatch
#
# Feeds of your own: -v ./feeds.yaml:/app/feeds.yaml:ro
#
# The base is named by its tag, since its digest could not be looked up where this was written. Pin it before you rely on it:
# `docker buildx imagetools inspect python:3.13-slim` shows the digest; write python:3.13-slim@sha256:… in both places.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /venv
# Dependencies first: this layer stays as it is until a lock changes.
COPY locks/run.txt locks/build.txt locks/
RUN /venv/bin/python -m pip install --only-binary :all: --require-hashes -r locks/run.txt -r locks/build.txt
# feeds.yaml too: bot/demo/feeds.yaml is a link to it, and the built package holds a copy.
COPY pyproject.toml README.md LICENSE feeds.yaml ./
COPY bot bot
RUN /venv/bin/python -m pip install --no-deps --no-build-isolation .
# Neither the build back end nor pip is needed to run; sqlite-utils names pip only for a command of its own.
RUN /venv/bin/python -m pip uninstall --yes flit_core pip

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin treatywatch && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /venv /venv
COPY feeds.yaml /app/feeds.yaml
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TREATYWATCH_DATABASE=/data/treatywatch.db
VOLUME ["/data"]
USER 10001:10001
# An orderly stop takes up to 10 s, which is also what docker waits: hence --stop-timeout 20 above.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 CMD ["treatywatch", "health"]
ENTRYPOINT ["treatywatch"]
CMD ["run"]
