<?php
/**
 * Stands in for plugins that close REST to everybody who is no administrator, later on the way.
 */

add_filter(
	'rest_pre_dispatch',
	function ( $result ) {
		return current_user_can( 'manage_options' ) ? $result : new WP_Error( 'rest_forbidden', 'Administrators only.', array( 'status' => 401 ) );
	}
);
