<?php
/**
 * Stands in for plugins that sign people in by Basic authentication themselves: WordPress asks who is there before it knows
 * that the request is one for REST, so an application password is taken for a wrong password, and the error stays.
 */

add_filter(
	'determine_current_user',
	function ( $user ) {
		global $basic_auth_error;
		if ( ! empty( $user ) || ! isset( $_SERVER['PHP_AUTH_USER'] ) ) {
			return $user;
		}
		$found = wp_authenticate( $_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'] );
		if ( is_wp_error( $found ) ) {
			$basic_auth_error = $found;
			return null;
		}
		$basic_auth_error = true;
		return $found->ID;
	},
	25
);
add_filter( 'rest_authentication_errors', fn( $error ) => ! empty( $error ) ? $error : $GLOBALS['basic_auth_error'] ?? null );
