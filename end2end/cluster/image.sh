# shellcheck shell=bash
# The image of a site, without a registry: an image like the one that the Dockerfile stands on is put together from Debian's packages
# and WordPress's files; on it runs the project's own Dockerfile, unchanged. So what is tested is what ships. Sourced by up.

site_image=slipway-wordpress:local
# Two zips, named as in wordpress/image/assemble. Without them the image is made without those plugins.
plugins=${SLIPWAY_WORDPRESS_PLUGINS:-$cache/wordpress-plugins}

images_up() {
  [ -e "$root/wordpress/Dockerfile" ] || { warn "There is no wordpress/Dockerfile: no site can run on this cluster." && return; }
  local hash
  base=$cache/wordpress-base-$(base_hash)
  hash=$( (echo "$base" && cd "$root/wordpress" && find . "$plugins" -type f -not -path './tests/*' 2>/dev/null | sort | xargs sha256sum) | sha256sum)
  if [ "$(cat "$data/node/image" 2>/dev/null)" != "$hash" ] || ! ctr_ images ls -q | grep -q "/$site_image$"; then
    base_up
    site_image_up
    echo "$hash" >"$data/node/image"
  fi
  if [ "$(find "$plugins" -name '*.zip' 2>/dev/null | wc -l)" != 2 ]; then
    warn "$site_image is made WITHOUT the plugins wordpress-mcp and OpenID Connect Generic: their archives are not in $plugins."
  fi
  say "image $site_image, from wordpress/Dockerfile"
}

# Images in the making lie beside the other large things, so that the base is put together once for all clusters.
buildah_() { buildah --root "$base/storage" --runroot "$data/node/buildah" --storage-driver overlay "$@"; }

base_hash() { (cat "$here/base/packages" "$here/image.sh" && realpath "$cache/wordpress") | sha256sum | cut -c1-12; }

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
  # For wordpress/image/assemble, which otherwise ends where an archive is missing.
  buildah_ config --env SLIPWAY_WITHOUT_PLUGINS=1 "$container"
  buildah_ commit --quiet --rm "$container" slipway-base:local >/dev/null
  rm "$base/root.tar"
  touch "$base/.complete"
  say "the image's base: Debian with Apache and PHP, $(basename "$(realpath "$cache/wordpress")")"
}

site_image_up() {
  local digest
  mkdir -p "$data/node/plugins"
  digest=$(buildah_ inspect --type image --format '{{.FromImageDigest}}' slipway-base:local)
  find "$plugins" -name '*.zip' -exec cp {} "$data/node/plugins/" \; 2>/dev/null || true
  buildah_ build --quiet --pull-never --isolation chroot --build-context "plugins=$data/node/plugins" \
    --build-arg WORDPRESS_IMAGE=localhost/slipway-base --build-arg "WORDPRESS_DIGEST=$digest" --build-arg VERSION=local \
    --tag "$site_image" --file "$root/wordpress/Dockerfile" "$root/wordpress" >"$data/logs/image.log" 2>&1 ||
    { tail -n 5 "$data/logs/image.log" >&2 && die "The image of a site could not be built." "read $data/logs/image.log"; }
  rm -f "$data/node/image.tar"
  buildah_ push --quiet "$site_image" "docker-archive:$data/node/image.tar:$site_image"
  ctr_ images import "$data/node/image.tar" >/dev/null
  buildah_ rmi --prune >/dev/null 2>&1 || true
  rm -rf "$data/node/image.tar" "$data/node/plugins"
}
