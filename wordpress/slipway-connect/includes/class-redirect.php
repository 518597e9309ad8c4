<?php
/**
 * Sends a browser to one named host outside of this site, and to no other.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Redirects.
 */
final class Redirect {

	/**
	 * To an address whose host is allowed for this one redirect. The caller has checked the address.
	 *
	 * @param string $url Address.
	 */
	public static function outside( $url ) {
		add_filter(
			'allowed_redirect_hosts',
			static function ( $hosts ) use ( $url ) {
				$hosts[] = (string) wp_parse_url( $url, PHP_URL_HOST );
				return $hosts;
			}
		);
		nocache_headers();
		wp_safe_redirect( $url, 302, 'Slipway Connect' );
		exit;
	}
}
