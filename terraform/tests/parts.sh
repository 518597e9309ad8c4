# shellcheck shell=bash disable=SC2154
# The two longer parts of `run`, which sources this file and owns $scratch and the array `processes`.

# free_port: a TCP port that nobody listens on, at an address of loopback that nobody else uses: other tests take any port of 127.0.0.1.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.9.3", 0)); print(s.getsockname()[1])'
}

# listening PORT: waits for a server that was just started, for 90 s: moto takes its time on a busy machine.
listening() {
  local tries
  for tries in $(seq 450); do
    if (exec 3<>"/dev/tcp/127.0.9.3/$1") 2>/dev/null; then return; fi
    sleep 0.2
  done
  echo "nothing listens on port $1 after $tries tries" >&2
  return 1
}

# store: starts what stands for a bucket, and sets $port. Fails where it is not installed.
store() {
  local part
  part=$(dirname "${BASH_SOURCE[0]}")/../../end2end/parts/store
  "$part/install" check >/dev/null || return
  port=$(free_port)
  PART_HOST=127.0.9.3 PART_PORT=$port "$part/start" >"$scratch/moto" 2>&1 &
  processes+=($!)
  listening "$port"
}

# The backend of `platform`, to the letter, with a store on loopback behind it: state arrives there, and a lock is respected.
state_and_lock() {
  local port folder=$scratch/state
  if ! store; then
    echo '!! moto is not installed: the state in a bucket and its lock are NOT checked. Next: end2end/parts/setup store'
    return
  fi
  export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_EC2_METADATA_DISABLED=true
  local ask=(curl -fsS --user testing:testing --aws-sigv4 aws:amz:eu-central-3:s3) bucket=http://127.0.9.3:$port/acme-state
  curl -fsS -X PUT "$bucket" >/dev/null

  mkdir "$folder"
  cp platform/backend.tf "$folder"
  echo 'resource "terraform_data" "kept" { input = "kept" }' >"$folder/main.tf"
  printf 'bucket = "acme-state"\nregion = "eu-central-3"\nendpoints = { s3 = "http://127.0.9.3:%s" }\n' "$port" >"$scratch/backend.hcl"
  ./check-lock "$scratch/backend.hcl" | grep '^yes'

  terraform -chdir="$folder" init -backend-config="$scratch/backend.hcl" >/dev/null
  terraform -chdir="$folder" apply -auto-approve >/dev/null
  [ ! -e "$folder/terraform.tfstate" ]
  "${ask[@]}" "$bucket/platform/terraform.tfstate" | jq -e '.resources[0].name == "kept"' >/dev/null

  # Somebody else is at work.
  "${ask[@]}" -X PUT --data-binary '{"ID":"1","Who":"ada"}' "$bucket/platform/terraform.tfstate.tflock" >/dev/null
  if terraform -chdir="$folder" plan >"$scratch/locked" 2>&1; then
    echo "a plan went ahead although somebody else held the lock" >&2
    return 1
  fi
  grep -q 'Error acquiring the state lock' "$scratch/locked"
  echo "state in a bucket: written, and locked against a second writer"
}

# applied FOLDER: applies it, then sees that a second plan has nothing to do.
applied() {
  terraform -chdir="$1" init -reconfigure >/dev/null
  terraform -chdir="$1" apply -auto-approve | tee "$scratch/apply" | grep '^Apply complete'
  if ! terraform -chdir="$1" plan -detailed-exitcode >"$scratch/plan"; then
    cat "$scratch/plan" >&2
    echo "$1: a second plan is not empty" >&2
    return 1
  fi
  grep '^No changes' "$scratch/plan"
}

# All three folders by the real provider, against simulator.py: applied, nothing left to do, logins handed on, nothing destroyed.
simulated_installation() {
  local port
  port=$(free_port)
  python3 tests/simulator.py "$port" 2>"$scratch/simulator" &
  processes+=($!)
  listening "$port"
  sed "s/PORT/$port/" tests/ionos.yaml >"$scratch/ionos.yaml"
  export IONOS_CONFIG_FILE=$scratch/ionos.yaml IONOS_API_URL_OBJECT_STORAGE=http://127.0.9.3:$port/s3
  export IONOS_S3_ACCESS_KEY=testing IONOS_S3_SECRET_KEY=testing
  export TF_VAR_password_seed=a-seed-for-tests-and-for-nothing-else

  # State in a local file here. The provider knows the addresses of the three real regions by heart, so this one has another name.
  rm {platform,tenants}/backend.tf
  for pair in bootstrap=state platform=backups; do
    printf 'provider "ionoscloud" {\n  s3_region = "simulated"\n}\nmodule "%s" {\n  region = "simulated"\n}\n' "${pair#*=}" \
      >"${pair%=*}/simulated_override.tf"
  done

  TF_VAR_bucket=acme-slipway-state applied bootstrap
  applied platform
  terraform -chdir=platform output -json network | jq '{network: .}' >tenants/network.auto.tfvars.json
  cp tenants/terraform.tfvars.example tenants/terraform.tfvars
  applied tenants

  terraform -chdir=platform show -json | jq -e '[.values.root_module.resources[] | select(.type == "ionoscloud_k8s_node_pool")
    | .values.lans | length] == [3]' >/dev/null
  terraform -chdir=platform output -raw kubeconfig | jq -e '.kind == "Config"' >/dev/null
  terraform -chdir=tenants output -json databases | jq -e '.acme.host | startswith("ma-")' >/dev/null
  # Neither what apply prints nor what plan prints shows a password.
  if grep -qF "$(terraform -chdir=tenants output -json databases | jq -r '.acme.password')" "$scratch/apply" "$scratch/plan"; then
    echo "a password was printed" >&2
    return 1
  fi

  # Taking a tenant out of the file does not take its database.
  echo 'tenants = {}' >tenants/terraform.tfvars
  if terraform -chdir=tenants apply -auto-approve >"$scratch/apply" 2>&1; then
    echo "a tenant's database was destroyed by a changed file" >&2
    return 1
  fi
  grep -q 'prevent_destroy' "$scratch/apply"
  if curl -fsS "http://127.0.9.3:$port/requests" | grep '^DELETE'; then
    echo "something was deleted" >&2
    return 1
  fi
}
