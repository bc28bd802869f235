# One image for the API, the worker and every command: `docker build -t modelhub .`
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /srv/modelhub

COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md ./
COPY migrations migrations
COPY app app
RUN pip install --no-deps --no-build-isolation -e . \
 && python -m compileall -q app migrations \
 && useradd --system --uid 10001 --no-create-home modelhub \
 && install -d -m 0700 -o modelhub /data

USER modelhub
ENV HOST=0.0.0.0 PORT=8000 MODELHUB_HOME=/data
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["modelhub"]
CMD ["serve"]
