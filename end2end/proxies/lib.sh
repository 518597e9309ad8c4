# shellcheck shell=bash disable=SC2154
# What the tests of proxies share: the configurations of the page, and a certificate. Sourced, in the project's folder.
page=docs/operations/behind-a-proxy.md

# block NAME: a configuration of the page.
block() { awk -v mark="<!-- $1 -->" '$0 == mark {on = 1; next} on && /^```/ {if (inside) exit; inside = 1; next} inside' "$page"; }

# certificates NAME: an authority in $work, and a certificate for the name (`DNS:…` or `IP:…`) that stands for portal.example.org here.
certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=slipway-tests -keyout "$work/ca.key" -out "$work/ca.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
  openssl req -newkey rsa:2048 -nodes -subj /CN=portal -keyout "$work/portal.key" -out "$work/portal.csr"
  openssl x509 -req -in "$work/portal.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 -out "$work/portal.pem" \
    -extfile <(printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$1")
  cat "$work/portal.pem" "$work/portal.key" >"$work/portal.both.pem"
}

# frame: the rest of nginx's configuration around what comes in, for a server that anybody may start.
frame() {
  local as=
  [ "$(id -u)" != 0 ] || as="user root;" # the temporary folder is nobody else's
  echo "$as pid $work/nginx.pid; daemon off; error_log stderr; events {} http { access_log off; client_body_temp_path $work/t1; proxy_temp_path $work/t2;"
  echo "fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;"
  cat
  echo "}"
}
