# Used by .ci/installs: the container image, built by buildah and run without a container engine. Expects what install-functions.sh expects.

# Everything that buildah keeps is in the work folder. Chroot isolation and vfs need no kernel features that a build machine may lack.
bud() { buildah --root "$work/buildah" --runroot "$work/buildah-run" --storage-driver vfs "$@"; }

# A stand-in for the official image, under its name: Debian 12 with the Node.js that the tests use, npm, and the account `node`.
base_image() {
  local container npm ca
  container=$(bud from scratch)
  bud add --quiet "$container" "$work/base" / >/dev/null
  bud add --quiet "$container" "$(readlink -f "$runtime")" /usr/local/bin/node >/dev/null
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  bud add --quiet "$container" "$npm" /usr/local/lib/node_modules/npm >/dev/null
  # npm asks the registry that this machine asks. The Dockerfile removes this file together with npm.
  printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(npm config get registry)" >"$work/npmrc"
  bud add --quiet "$container" "$work/npmrc" /usr/local/lib/node_modules/npm/npmrc >/dev/null
  bud run --isolation chroot "$container" -- sh -c '
    for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "/usr/local/bin/$name"; done
    groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node'
  bud commit --quiet "$container" docker.io/library/node:24-slim >/dev/null
  bud rm "$container" >/dev/null
}

# NAME FOLDER OPTIONS…: the steps of the folder's Dockerfile, all of them and nothing else.
build_image() {
  local name=$1 folder=$2
  shift 2
  bud build --isolation chroot --format docker --pull-never --layers=false --tag "$name" "$@" "$folder" >"$work/build.log" 2>&1 ||
    { tail -20 "$work/build.log" >&2; exit 1; }
}

# A field of the image's configuration, one item a line.
image_config() { # NAME FIELD
  bud inspect --type image "$1" | "$runtime" -e '
    const { config } = JSON.parse(require("node:fs").readFileSync(0, "utf8")).Docker;
    for (const item of [config[process.argv[1]]].flat()) console.log(item);' "$2"
}

# Sets `container`, one from this image, and `image_root`, its root file system.
image_root() {
  container=$(bud from --pull-never "$1")
  image_root=$(bud mount "$container")
}

# What the image's health check runs, for a shell.
image_health() {
  bud inspect --type image "$1" | "$runtime" -e '
    const [kind, ...words] = JSON.parse(require("node:fs").readFileSync(0, "utf8")).Docker.config.Healthcheck.Test;
    if (kind !== "CMD") throw new Error(kind);
    console.log(words.map((word) => `\x27${word.replaceAll("\x27", `\x27\\\x27\x27`)}\x27`).join(" "));'
}
