<?php
/**
 * Stands in for plugins that put one password before the whole site.
 */

add_action(
	'init',
	function () {
		if ( 'cli' !== PHP_SAPI && array( 'visitor', 'open sesame' ) !== array( $_SERVER['PHP_AUTH_USER'] ?? '', $_SERVER['PHP_AUTH_PW'] ?? '' ) ) {
			header( 'WWW-Authenticate: Basic realm="Acme"', true, 401 );
			exit( '<!doctype html><p>Who are you?' );
		}
	},
	1
);
