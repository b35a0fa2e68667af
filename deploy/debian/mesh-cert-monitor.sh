#!/bin/sh
exec /usr/lib/mesh-cert-monitor/node /usr/lib/mesh-cert-monitor/dist/main.js "$@"
