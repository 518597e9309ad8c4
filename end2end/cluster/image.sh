# shellcheck shell=bash
# The image of a site, without a registry: an image like the one that the Dockerfile stands on is put together from Debian's packages
# and WordPress's files; on it runs the project's own Dockerfile, unchanged. So what is tested is what ships. Sourced by up.

site_image=slipway-wordpress:local
# Two zips, named as in wordpress/image/assemble, whose checksums are recorded in wordpress/versions.env. Without them the image is made without those plugins.
plugins=${SLIPWAY_WORDPRESS_PLUGINS:-$cache/wordpress-plugins}

images_up() {
  [ -e "$root/wordpress/Dockerfile" ] || { warn "There is no wordpress/Dockerfile: no site can run on this cluster." && return; }
  local hash
  base=$cache/wordpress-base-$(base_hash)
  hash=$( (echo "$base" && cd "$root/wordpress" && site_files | sort | xargs sha256sum) | sha256sum)
  if [ "$(cat "$data/node/image" 2>/dev/null)" != "$hash" ] || ! ctr_ images ls -q | grep -q "/$site_image$"; then
    base_up
    site_image_up
    echo "$hash" >"$data/node/image"
  fi
  has_plugins || warn "$site_image is made WITHOUT the plugins wordpress-mcp and OpenID Connect Generic: their archives are not in $plugins."
  say "image $site_image, from wordpress/Dockerfile"
}

has_plugins() { [ -e "$plugins/wordpress-mcp.zip" ] && [ -e "$plugins/daggerhart-openid-connect-generic.zip" ]; }

site_files() {
  find . -type f -not -path './tests/*'
  find "$plugins" -name '*.zip' 2>/dev/null || true
}

# Images in the making lie beside the other large things, so that the base is put together once for all clusters.
buildah_() { buildah --root "$base/storage" --runroot "$data/node/buildah" --storage-driver overlay "$@"; }

base_hash() { (cat "$here/base/packages" && realpath "$cache/wordpress" && { ls "$cache/wordpress/wp-content/languages" 2>/dev/null || true; }) | sha256sum | cut -c1-12; }

base_up() {
  local container
  exec 8>"$cache/wordpress-base.lock" && flock 8
  [ ! -e "$base/.complete" ] || return 0
  rm -rf "$base" && mkdir -p "$base"
  mmdebstrap --quiet --variant=minbase --include="$(paste -sd, "$here/base/packages")" bookworm "$base/root.tar" >"$cache/logs/wordpress-base.log" 2>&1 ||
    die "The base of the image could not be put together." "read $cache/logs/wordpress-base.log"
  container=$(buildah_ from scratch)
  buildah_ add --quiet "$container" "$base/root.tar" / >/dev/null
  buildah_ add --quiet "$container" "$(realpath "$cache/wordpress")" /usr/src/wordpress >/dev/null
  buildah_ commit --quiet --rm "$container" slipway-base:local >/dev/null
  rm "$base/root.tar"
  touch "$base/.complete"
  say "the image's base: Debian with Apache and PHP, $(basename "$(realpath "$cache/wordpress")")"
}

site_image_up() {
  local arguments=(--build-arg PLUGINS=none)
  if has_plugins; then
    mapfile -t arguments < <(sed -n 's/^\([A-Z_]*_SHA256=.*\)/--build-arg\n\1/p' "$root/wordpress/versions.env")
    arguments+=(--build-context "plugins=$plugins")
  fi
  buildah_ build --quiet --pull-never --isolation chroot "${arguments[@]}" --build-arg WORDPRESS=localhost/slipway-base:local \
    --build-arg VERSION=local --tag "$site_image" --file "$root/wordpress/Dockerfile" "$root/wordpress" >"$data/logs/image.log" 2>&1 ||
    { tail -n 5 "$data/logs/image.log" >&2 && die "The image of a site could not be built." "read $data/logs/image.log"; }
  rm -f "$data/node/image.tar"
  buildah_ push --quiet "$site_image" "docker-archive:$data/node/image.tar:$site_image"
  ctr_ images import "$data/node/image.tar" >/dev/null
  buildah_ rmi --prune >/dev/null 2>&1 || true
  rm -f "$data/node/image.tar"
}

# The portal's image without a compiler in the way: the last stage of its Dockerfile, unchanged, on the same base, with the program
# that is there. Its first stage compiles, which cargo has done already.
portal_image=slipway:local
portal_image_up() {
  local folder=$data/node/portal-image
  base=$cache/wordpress-base-$(base_hash)
  base_up
  rm -rf "$folder" && mkdir -p "$folder/build/usr/local/bin"
  cp "$1" "$folder/build/usr/local/bin/slipway" && strip "$folder/build/usr/local/bin/slipway"
  { echo 'ARG RUNTIME' && sed -n '/^FROM \${RUNTIME}/,$p' "$root/server/Dockerfile"; } >"$folder/Dockerfile"
  buildah_ build --quiet --pull-never --isolation chroot --build-arg RUNTIME=localhost/slipway-base:local --build-arg VERSION=local \
    --build-context "build=$folder/build" --tag "$portal_image" --file "$folder/Dockerfile" "$folder/build"
  buildah_ push --quiet "$portal_image" "docker-archive:$data/node/image.tar:$portal_image"
  ctr_ images import "$data/node/image.tar"
  rm -rf "$folder" "$data/node/image.tar"
}
