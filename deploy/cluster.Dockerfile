# Lede with Ray, for deploy/rayservice.yaml. Needs BuildKit (Docker 23 and later), which keeps changes to the volume.
#
#   docker build -t lede . && docker build -t lede-cluster -f deploy/cluster.Dockerfile .
FROM lede
USER root
# KubeRay uses wget for its health checks.
RUN apt-get update && apt-get install --yes --no-install-recommends wget && rm -rf /var/lib/apt/lists/*
# The version must be the manifest's rayVersion.
RUN pip install --no-cache-dir "ray[data,serve]==2.60.0"
USER lede
# The translator's model; the image already has the default one.
RUN lede models pull facebook/m2m100_418M && rm -rf /var/lib/lede/models/*/*/files
