<?php
/**
 * Ways into the site that nobody here uses and that would pass the narrowing by.
 *
 * @package Slipway_Guard
 */

defined( 'ABSPATH' ) || exit;

// XML-RPC takes application passwords too, and knows no REST route that could be checked.
if ( defined( 'XMLRPC_REQUEST' ) && XMLRPC_REQUEST ) {
	http_response_code( 403 );
	header( 'Content-Type: text/plain; charset=utf-8' );
	exit( 'XML-RPC is switched off on this site.' );
}
add_filter( 'xmlrpc_enabled', '__return_false' );
add_filter( 'xmlrpc_methods', '__return_empty_array' );
remove_action( 'wp_head', 'rsd_link' );

/**
 * Does not announce what is not there.
 *
 * @param array $headers Headers of a page.
 * @return array
 */
function slipway_guard_headers( $headers ) {
	unset( $headers['X-Pingback'] );
	return $headers;
}
add_filter( 'wp_headers', 'slipway_guard_headers' );

/**
 * Removes token endpoints: a token made from an application password outlives the password's revocation.
 *
 * @param array $endpoints Handlers by route.
 * @return array
 */
function slipway_guard_endpoints( $endpoints ) {
	foreach ( array_keys( $endpoints ) as $route ) {
		if ( 0 === stripos( $route, '/jwt-auth' ) ) {
			unset( $endpoints[ $route ] );
		}
	}
	return $endpoints;
}
add_filter( 'rest_endpoints', 'slipway_guard_endpoints', PHP_INT_MAX );
