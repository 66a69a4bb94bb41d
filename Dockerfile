# An image of the service.
#
#   docker build -t lede .                          includes the model: 3 GB, starts without a network
#   docker build -t lede --build-arg MODEL=mounted . fetches the model into the volume /var/lib/lede at first start
#
# It listens outside its container only if there is a key, or with LEDE_AUTH=open:
#
#   docker run --rm -v lede:/var/lib/lede lede lede keys create desk && docker run -p 8000:8000 -v lede:/var/lib/lede lede
#   docker run -p 127.0.0.1:8000:8000 -e LEDE_AUTH=open lede
#
# INDEX names an additional package index, e.g. one with CPU builds of torch (the default ones bring several GB of CUDA).

ARG PYTHON=3.12
ARG MODEL=baked

FROM python:${PYTHON}-slim AS build
ARG INDEX=""
ENV PIP_EXTRA_INDEX_URL=${INDEX} PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/lede
ENV PATH=/opt/lede/bin:$PATH LEDE_HOME=/var/lib/lede
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY models models
COPY summarizer summarizer
COPY service service
RUN pip install --constraint requirements.lock ".[redis]"

FROM build AS model-baked
# Only the converted model is needed: the files it was made from are not read again.
RUN lede models pull && rm -rf /var/lib/lede/models/*/*/files

FROM build AS model-mounted
RUN mkdir -p /var/lib/lede

FROM model-${MODEL} AS model

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/lede lede
COPY --from=build /opt/lede /opt/lede
COPY --from=model --chown=lede:lede /var/lib/lede /var/lib/lede
ENV PATH=/opt/lede/bin:$PATH LEDE_HOME=/var/lib/lede LEDE_DATA=/var/lib/lede/data LEDE_HOST=0.0.0.0 LEDE_PORT=8000
USER lede
WORKDIR /var/lib/lede
VOLUME /var/lib/lede
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15m \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz')"]
CMD ["lede", "serve"]
