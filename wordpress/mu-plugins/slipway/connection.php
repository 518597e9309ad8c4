<?php
/**
 * TLS to the database, and whom the site trusts. Read by wp-config.php and install.php, before there is a WordPress.
 *
 * @package Slipway_Guard
 */

/**
 * Flags for the connection to the database. WORDPRESS_DB_TLS is `on` (TLS without a look at the certificate) or `verified`;
 * without it there is none.
 *
 * @return int
 */
function slipway_connection_flags() {
	switch ( (string) getenv( 'WORDPRESS_DB_TLS' ) ) {
		case '':
			return 0;
		case 'on':
			return MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT;
		default:
			return MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT;
	}
}

/**
 * Makes the authorities of SLIPWAY_CA (PEM) known beside the system's own: to OpenSSL, and by the constant SLIPWAY_CA_FILE
 * to WordPress's own requests. OpenSSL reads SSL_CERT_FILE and goes on looking into the system's folder.
 */
function slipway_connection_trust() {
	$certificates = (string) getenv( 'SLIPWAY_CA' );
	if ( '' === $certificates || defined( 'SLIPWAY_CA_FILE' ) ) {
		return;
	}
	$file = sys_get_temp_dir() . '/slipway-ca-' . sha1( $certificates ) . '.pem';
	if ( ! is_file( $file ) ) {
		$new = (string) tempnam( sys_get_temp_dir(), 'slipway' );
		if ( strlen( $certificates ) === file_put_contents( $new, $certificates ) ) {
			rename( $new, $file );
		}
	}
	// The folder may be others' too: what somebody else put there first is not believed, and TLS then fails.
	$ours = function_exists( 'posix_geteuid' ) ? fileowner( $file ) === posix_geteuid() : true;
	if ( $ours && ! is_link( $file ) && file_get_contents( $file ) === $certificates ) {
		define( 'SLIPWAY_CA_FILE', $file );
		putenv( 'SSL_CERT_FILE=' . $file );
	}
}
