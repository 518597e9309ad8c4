# shellcheck shell=bash disable=SC2034
# What the parts share: where things are kept, how a missing package gets onto the machine, how a script gives up.
# Sourced, not run.

set -euo pipefail
parts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
export SLIPWAY_CACHE=$cache
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin # Debian keeps mariadbd there
mkdir -p "$cache/logs"

# die MESSAGE [NEXT ACTION]
die() {
  echo "$1" >&2
  [ $# -lt 2 ] || echo "Next: $2" >&2
  exit 1
}

# The commands or PHP modules a part needs, each with the Debian package that has it. Prints the packages that are missing.
# wanted PACKAGE=COMMAND | PACKAGE=php:MODULE | PACKAGE=/a/file …
wanted() {
  local pair modules=''
  case "$*" in *php:*) modules=$(php -m 2>/dev/null || true) ;; esac
  for pair in "$@"; do
    case ${pair#*=} in
    php:*) grep -qix "${pair#*=php:}" <<<"$modules" || echo "${pair%%=*}" ;;
    /*) compgen -G "${pair#*=}" >/dev/null || echo "${pair%%=*}" ;;
    *) command -v "${pair#*=}" >/dev/null || echo "${pair%%=*}" ;;
    esac
  done
}

# install_packages PACKAGE…  No service is started for them: a part runs its servers itself, on its own addresses.
install_packages() {
  local sudo=() policy=/usr/sbin/policy-rc.d
  command -v apt-get >/dev/null || die "Missing on this machine: $*" "install what these Debian packages hold, then run this again."
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die "Missing packages: $*" "sudo apt-get install --no-install-recommends $*"
    sudo=(sudo)
  fi
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod 755 "$policy"
    # shellcheck disable=SC2064 # the values of now are meant
    trap "${sudo[*]} rm -f $policy" EXIT
  fi
  "${sudo[@]}" apt-get -qq update
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@"
}

# Sets $schemathesis to the program that holds an API against its description; says what is wrong when it cannot be had.
bring_schemathesis() {
  local version=4.32.5
  local tool=$cache/schemathesis-$version
  schemathesis=$tool/bin/schemathesis
  [ ! -x "$schemathesis" ] || return 0
  rm -rf "$tool"
  if ! { python3 -m venv "$tool" && "$tool/bin/pip" -q install "schemathesis==$version"; } >"$cache/logs/schemathesis" 2>&1; then
    rm -rf "$tool"
    echo "!! Schemathesis $version cannot be installed. See $cache/logs/schemathesis."
    return 1
  fi
}
