<?php
/**
 * Loads a site and runs the PHP from standard input in it. For tests only.
 */

$_SERVER['HTTP_HOST']   = (string) preg_replace( '~^https?://~', '', getenv( 'SLIPWAY_SITE_URL' ) );
$_SERVER['REQUEST_URI'] = '/';
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/user.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';
$code   = stream_get_contents( STDIN );
$result = ( static function () use ( $code ) {
	return eval( $code );
} )();
echo "\n#=>" . json_encode( $result );
