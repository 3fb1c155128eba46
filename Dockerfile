# The scheduler program, which is the same on every machine.
FROM golang:1.26-bookworm AS scheduler
WORKDIR /scheduler
COPY scheduler .
ENV CGO_ENABLED=0 GOOS=wasip1 GOARCH=wasm
RUN go build -trimpath -ldflags '-s -w' -buildmode=c-shared -o /scheduler.wasm .

# The worker. Debian, not Alpine: the native part of Temporal's SDK needs glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The only package script that a checkout needs installs Node, which the image has already.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY stack/package stack/package
COPY stack/programs stack/programs
COPY stack/processes stack/processes
COPY src src
COPY --from=scheduler /scheduler.wasm /scheduler.wasm
ENV NODE_DECOMMISSION_SCHEDULER_PROGRAM=/scheduler.wasm
RUN node stack/package/build-package.ts

FROM node:24-bookworm-slim
# For a remote Temporal with TLS.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
# See "Memory of a worker" in docs/runbook.md.
ENV NODE_OPTIONS="--max-semi-space-size=8 --max-old-space-size=1024" MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY --from=build /app/dist dist
USER node
ENTRYPOINT ["node", "dist/bin.js", "worker"]
