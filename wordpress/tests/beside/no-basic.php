<?php
/**
 * Stands in for plugins that refuse application passwords.
 */

add_action(
	'wp_authenticate_application_password_errors',
	function ( $error ) {
		$error->add( 'not_welcome', 'Application passwords are <b>not welcome</b> here.', array( 'status' => 403 ) );
	}
);
