<?php
/**
 * Configuration of a Slipway site. Everything comes from the environment, so one tree serves any number of sites.
 *
 * @package Slipway_Site
 */

// A stack trace must not carry a password from a function's arguments into a page or a log.
ini_set( 'display_errors', 'cli' === PHP_SAPI ? 'stderr' : '0' );
ini_set( 'zend.exception_ignore_args', '1' );

/**
 * Reads a setting from the environment, or from the file that NAME_FILE points to.
 *
 * @param string $name     Variable.
 * @param string $fallback Value without one.
 * @return string
 */
function slipway_site_env( $name, $fallback = '' ) {
	$file = getenv( $name . '_FILE' );
	if ( is_string( $file ) && '' !== $file ) {
		return rtrim( (string) file_get_contents( $file ), "\r\n" );
	}
	$value = getenv( $name );
	return is_string( $value ) && '' !== $value ? $value : $fallback;
}

require_once __DIR__ . '/wp-content/mu-plugins/slipway/connection.php';
slipway_connection_trust();
if ( 0 !== slipway_connection_flags() ) {
	define( 'MYSQL_CLIENT_FLAGS', slipway_connection_flags() );
}

define( 'DB_NAME', slipway_site_env( 'WORDPRESS_DB_NAME', 'wordpress' ) );
define( 'DB_USER', slipway_site_env( 'WORDPRESS_DB_USER' ) );
define( 'DB_PASSWORD', slipway_site_env( 'WORDPRESS_DB_PASSWORD' ) );
define( 'DB_HOST', slipway_site_env( 'WORDPRESS_DB_HOST', '127.0.0.1:3306' ) );
define( 'DB_CHARSET', slipway_site_env( 'WORDPRESS_DB_CHARSET', 'utf8mb4' ) );
define( 'DB_COLLATE', slipway_site_env( 'WORDPRESS_DB_COLLATE' ) );
$table_prefix = slipway_site_env( 'WORDPRESS_TABLE_PREFIX', 'wp_' );

// Left out where the environment has none: WordPress then keeps its own in the database, which every copy of the site shares.
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $slipway_site_scheme ) {
	foreach ( array( '_KEY', '_SALT' ) as $slipway_site_kind ) {
		$slipway_site_value = slipway_site_env( 'WORDPRESS_' . $slipway_site_scheme . $slipway_site_kind );
		if ( '' !== $slipway_site_value ) {
			define( $slipway_site_scheme . $slipway_site_kind, $slipway_site_value );
		}
	}
}
unset( $slipway_site_scheme, $slipway_site_kind, $slipway_site_value );

define( 'WP_ENVIRONMENT_TYPE', 'production' );
define( 'WP_DEBUG', (bool) slipway_site_env( 'WORDPRESS_DEBUG' ) );
define( 'WP_DEBUG_DISPLAY', false );

// The tree is read-only and replaced as a whole; nothing in it updates itself.
define( 'DISALLOW_FILE_MODS', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
// A visitor's request must not start a second one into the same few workers. Something outside calls wp-cron.php.
define( 'DISABLE_WP_CRON', true );

// The site speaks to the portal and to the sign-in service, and to nobody else.
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define(
	'WP_ACCESSIBLE_HOSTS',
	implode(
		',',
		array_unique(
			array_filter(
				array_map(
					static function ( $name ) {
						return (string) parse_url( slipway_site_env( $name ), PHP_URL_HOST );
					},
					array( 'SLIPWAY_PORTAL_URL', 'SLIPWAY_PORTAL_API_URL', 'OIDC_ISSUER', 'OIDC_ENDPOINT_TOKEN_URL', 'OIDC_ENDPOINT_USERINFO_URL', 'OIDC_ENDPOINT_JWKS_URL' )
				)
			)
		)
	)
);

// The address is kept in the database on purpose: a copied database then still tells where it came from.

if ( isset( $_SERVER['HTTP_X_FORWARDED_PROTO'] ) && false !== strpos( $_SERVER['HTTP_X_FORWARDED_PROTO'], 'https' ) ) {
	$_SERVER['HTTPS'] = 'on';
}

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
