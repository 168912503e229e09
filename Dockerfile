# Quarto, what the tests need beyond Python, and the environment of requirements.lock:
#
#   docker build --tag circles .
#   docker run --name circles circles            # make report
#   docker cp circles:/home/circles/circles/_site .
#
# The dev container (.devcontainer/) is the first stage alone. What is downloaded is pinned by a
# checksum, but for Debian's packages, which apt verifies by Debian's signature: its mirrors keep only
# the newest build of each, and a pinned version would soon be gone.

FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS tools

SHELL ["/bin/bash", "-euo", "pipefail", "-c"]

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates chromium-headless-shell curl fonts-dejavu-core git make \
    && rm -rf /var/lib/apt/lists/*

# The checksums are those of quarto-1.10.18-checksums.txt, which Quarto publishes with its release.
ARG QUARTO=1.10.18
ARG QUARTO_SHA256_AMD64=afad071b5bd22c02f2d300695743189d3650e0537a53073e654b630cff2b0c73
ARG QUARTO_SHA256_ARM64=f6a07df68e25330b5df34f65d3df66bca605acce3b830c593a58e91884d4cf6c
RUN machine="$(dpkg --print-architecture)" \
    && case "$machine" in \
        amd64) digest="$QUARTO_SHA256_AMD64" ;; \
        arm64) digest="$QUARTO_SHA256_ARM64" ;; \
        *) echo "Quarto has no package for $machine. Allowed: amd64, arm64." >&2; exit 1 ;; \
    esac \
    && file="quarto-$QUARTO-linux-$machine.tar.gz" \
    && curl --fail --silent --show-error --location --retry 3 --output "/tmp/$file" \
        "https://github.com/quarto-dev/quarto-cli/releases/download/v$QUARTO/$file" \
    && echo "$digest  /tmp/$file" | sha256sum --check --strict \
    && mkdir /opt/quarto \
    && tar --extract --gzip --file "/tmp/$file" --directory /opt/quarto --strip-components 1 --no-same-owner \
    && rm "/tmp/$file" \
    && ln --symbolic /opt/quarto/bin/quarto /usr/local/bin/quarto \
    && quarto --version

RUN useradd --create-home --shell /bin/bash --uid 1000 circles
USER 1000
WORKDIR /home/circles/circles


FROM tools AS report

COPY --chown=1000:1000 . .
RUN PIP_NO_CACHE_DIR=1 make setup
CMD ["make", "report"]
