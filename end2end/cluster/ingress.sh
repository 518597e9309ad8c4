# shellcheck shell=bash
# The ingress controller: Traefik, the one of our chart, as a process of this machine with an address of its own that browsers here
# and pods both reach. Sourced by up.

ingress_up() {
  KUBECONFIG=$data/kubeconfig run traefik "$traefik" --entrypoints.web.address="$ingress:80" \
    --providers.kubernetesingress=true --providers.kubernetesingress.ingressclass=slipway-local \
    --providers.kubernetesingress.ingressendpoint.ip="$ingress" \
    --providers.kubernetesgateway=true --providers.kubernetesgateway.statusaddress.ip="$ingress" \
    --providers.providersthrottleduration=200ms --global.checknewversion=false --global.sendanonymoususage=false --log.level=INFO --log.nocolor=true
  until_true 30 traefik Traefik curl -so /dev/null "http://$ingress/"
  say "ingress Traefik at http://$ingress"
}
