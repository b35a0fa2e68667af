# syntax=docker/dockerfile:1

FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json LICENSE ./
COPY scripts scripts
COPY src src
RUN npm run build
# The SDKs of the secret stores, which npm leaves to whoever wants them, in the versions that were tested. Everything else is in the bundle. In a
# folder of their own, because beside our package.json npm takes them for development dependencies and leaves them out.
RUN mkdir /sdk && npm install --prefix /sdk --no-audit --no-fund --omit=optional $(node -p "const { peerDependencies, devDependencies } = require('./package.json'); \
    Object.keys(peerDependencies).map((name) => name + '@' + devDependencies[name]).join(' ')")

FROM node:24-slim
# The service needs Node and nothing that builds or installs.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn* \
  && install -d -o node -g node -m 0700 /var/lib/mesh-cert-monitor
WORKDIR /app
# Commands are printed with this name.
RUN ln -s /app/dist/main.js /usr/local/bin/mesh-cert-monitor
COPY --from=build /src/package.json ./
COPY --from=build /sdk/node_modules node_modules
COPY --from=build /src/dist dist
COPY alerts alerts
COPY grafana grafana
# Two arenas of malloc: threads that have ended would leave one each behind. Thresholds that stay where they are: malloc would raise them with the
# largest block it has been asked for, and give less back.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=65536 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    MESH_CERT_MONITOR_LIVE_URL=http://127.0.0.1:9807/health/live
# The number of the user `node`: with `runAsNonRoot`, Kubernetes refuses a name because it cannot tell whether it is root's.
USER 1000:1000
# state_dir: the only place that is written, so that the root file system can be read-only (`docker run --read-only`).
VOLUME /var/lib/mesh-cert-monitor
EXPOSE 9807
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(process.env.MESH_CERT_MONITOR_LIVE_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# A young generation of 4 MiB; V8 lets it grow to 16 where there is memory to be had.
ENTRYPOINT ["node", "--max-semi-space-size=1", "/app/dist/main.js"]
CMD ["serve", "--config", "/etc/mesh-cert-monitor/config.yaml"]
