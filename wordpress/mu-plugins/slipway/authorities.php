<?php
/**
 * WordPress's own requests trust a bundle that comes with WordPress. Where the company has an authority of its own, that one
 * counts, and the system's folder of well-known ones.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

if ( defined( 'SLIPWAY_CA_FILE' ) ) {
	add_filter(
		'http_request_args',
		static function ( $args ) {
			$args['sslcertificates'] = SLIPWAY_CA_FILE;
			return $args;
		}
	);
}
