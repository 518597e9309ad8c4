<?php
/**
 * Stands in for plugins that hide the login page behind an address of their own.
 */

function hidden_login_path() {
	return trim( (string) parse_url( $_SERVER['REQUEST_URI'] ?? '', PHP_URL_PATH ), '/' );
}
add_action(
	'plugins_loaded',
	function () {
		global $pagenow;
		if ( 'wp-login.php' === hidden_login_path() ) {
			$GLOBALS['hidden_login_guess'] = true;
			$_SERVER['REQUEST_URI']        = '/' . str_repeat( '-/', 10 );
			$pagenow                       = 'index.php';
		} elseif ( 'side-door' === hidden_login_path() ) {
			$pagenow = 'wp-login.php';
		}
	},
	9999
);
add_action(
	'wp_loaded',
	function () {
		global $pagenow, $error, $interim_login, $action, $user_login;
		if ( ! empty( $GLOBALS['hidden_login_guess'] ) ) {
			status_header( 404 );
			exit( '<!doctype html><p>Not found' );
		}
		if ( 'wp-login.php' === $pagenow && 'side-door' === hidden_login_path() ) {
			require_once ABSPATH . 'wp-login.php';
			exit;
		}
	}
);
function hidden_login_address( $url ) {
	if ( ! str_contains( $url, 'wp-login.php' ) ) {
		return $url;
	}
	$query = (string) parse_url( $url, PHP_URL_QUERY );
	return home_url( '/side-door/' ) . ( '' === $query ? '' : "?$query" );
}
add_filter( 'site_url', 'hidden_login_address', 10, 1 );
add_filter( 'wp_redirect', 'hidden_login_address', 10, 1 );
