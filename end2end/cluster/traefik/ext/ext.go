// Package ext stands where Traefik keeps its places for additions to the configuration. Traefik's own go.mod points there by a
// path in its source tree, which is not in the module that the proxy hands out; as it ships, nothing is added.
package ext

// HTTP adds nothing to the HTTP configuration.
type HTTP struct{}

// Router adds nothing to a router.
type Router struct{}
