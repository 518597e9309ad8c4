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

/**
 * Closes the settings pages of plugins whose settings come from the environment: nothing there could be changed, and one of
 * them shows the sign-in client's secret.
 */
function slipway_guard_settings_pages() {
	$page = $_GET['page'] ?? ''; // phpcs:ignore WordPress.Security -- Only compared with a fixed list.
	if ( in_array( $page, array( 'wordpress-mcp-settings', 'openid-connect-generic-settings' ), true ) ) {
		wp_die( 'These settings belong to the image of this site and cannot be changed here.', '', array( 'response' => 403 ) );
	}
	remove_submenu_page( 'options-general.php', 'wordpress-mcp-settings' );
	remove_submenu_page( 'options-general.php', 'openid-connect-generic-settings' );
}
add_action( 'admin_menu', 'slipway_guard_settings_pages', PHP_INT_MAX );
