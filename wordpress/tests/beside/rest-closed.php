<?php
/**
 * Stands in for plugins that close REST to visitors, in the usual way.
 */

add_filter(
	'rest_authentication_errors',
	function ( $result ) {
		if ( ! empty( $result ) || is_user_logged_in() ) {
			return $result;
		}
		return new WP_Error( 'rest_not_logged_in', 'Members only.', array( 'status' => 401 ) );
	}
);
