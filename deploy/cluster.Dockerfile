# Lede with Ray, for deploy/rayservice.yaml. BuildKit, which Docker has by default since 23, keeps the model in the volume.
#
#   docker build -t lede . && docker build -t lede-cluster -f deploy/cluster.Dockerfile .
FROM lede
USER root
# KubeRay looks with wget whether a pod lives.
RUN apt-get update && apt-get install --yes --no-install-recommends wget && rm -rf /var/lib/apt/lists/*
# The same Ray as the manifest's rayVersion.
RUN pip install --no-cache-dir "ray[data,serve]==2.60.0"
USER lede
# The translator's, beside the default one that is there.
RUN lede models pull facebook/m2m100_418M && rm -rf /var/lib/lede/models/*/*/files
