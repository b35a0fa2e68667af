# Used by .ci/installs: a world to watch, and running an installation in a root of its own. Expects `work`, `runtime`, `stops` and `ran`.

step() { printf -- '-- %s (%s s)\n' "$*" "$SECONDS"; }

finish() {
  # Also what was still running when a step failed.
  for pid in "${stops[@]}" $(jobs -p); do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf --one-file-system "$work"
}

# A green /health: every check has passed and MESH has accepted the credential.
green() {
  local url="http://127.0.0.1:$(cat "$work/world/port")/health"
  for _ in $(seq 120); do
    # Until the first handshake there is nothing that could have failed.
    if curl --silent --max-time 5 "$url" | grep '"status":"pass","version"' | grep -q '"observedValue":"success"'; then ran+=("$1"); echo "   $1: $url is green"; return; fi
    sleep 0.5
  done
  echo "$1: /health did not become green:" >&2
  curl --silent --max-time 5 "$url" >&2 || true
  cat "$work/$2" >&2
  exit 1
}

stopped() {
  kill -TERM "$1"
  local code=0
  wait "$1" || code=$?
  [ "$code" = 0 ] || { echo "did not end with 0 after SIGTERM, but with $code" >&2; exit 1; }
}

# A new root from the base, with the configuration in it; nothing else of this machine.
new_root() {
  cp -a "$work/base" "$work/$1"
  mkdir -p "$work/$1/etc/mesh-cert-monitor"
  cp -a "$work/world/." "$work/$1/etc/mesh-cert-monitor/"
  # debootstrap leaves this to the installer.
  write_hosts "$work/$1"
}

write_hosts() { printf '127.0.0.1 localhost\n::1 localhost\n' >"$1/etc/hosts"; }

# As the unit, or a container engine with `--read-only`, runs it: its own account, no capabilities, nothing writable but the state and /tmp.
confined() { # ROOT UID GID COMMAND…
  local root=$1 uid=$2 gid=$3
  shift 3
  # Executed, not called: the process that is stopped later is the service itself.
  exec unshare --mount -- bash -c '
    root=$1 uid=$2 gid=$3; shift 3
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t proc -o subset=pid,hidepid=invisible proc "$root/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=0700,uid="$uid",gid="$gid" tmpfs "$root/var/lib/mesh-cert-monitor"
    mount -o remount,bind,ro "$root"
    exec chroot "$root" /usr/bin/env -i $(cat "$root/etc/mesh-cert-monitor/environment") PATH=/usr/local/bin:/usr/bin:/bin NODE_ENV=production \
      /usr/bin/setpriv --reuid="$uid" --regid="$gid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
  ' confined "$root" "$uid" "$gid" "$@"
}

base_system() {
  if [ -n "${MESH_BASE:-}" ]; then cp -a "$MESH_BASE" "$work/base"; return; fi
  debootstrap --variant=minbase --include=ca-certificates,adduser bookworm "$work/base" >"$work/debootstrap.log" 2>&1 ||
    { tail -5 "$work/debootstrap.log" >&2; exit 1; }
}

start_world() {
  "$runtime" .ci/install-world.ts "$work/world" & stops+=($!)
  for _ in $(seq 600); do [ -s "$work/world/port" ] && break; sleep 0.2; done
}
