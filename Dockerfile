# Bihuan in a container. Written without a Docker at hand and not run; see docs/deploy.md.
FROM python:3.11-slim AS built
WORKDIR /src
COPY . .
RUN python -m venv /build \
    && /build/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /dist . \
    && python -m venv /opt/bihuan \
    && /opt/bihuan/bin/pip install --no-cache-dir --require-hashes --requirement requirements-run.lock \
    && /opt/bihuan/bin/pip install --no-cache-dir --no-deps --no-index /dist/*.whl

FROM python:3.11-slim
COPY --from=built /opt/bihuan /opt/bihuan
RUN useradd --system --create-home --home-dir /var/lib/bihuan bihuan
ENV PATH=/opt/bihuan/bin:$PATH BIHUAN_HOME=/var/lib/bihuan BIHUAN_HOST=0.0.0.0
USER bihuan
VOLUME /var/lib/bihuan
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["bihuan", "serve"]
