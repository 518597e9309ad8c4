<?php
/**
 * Speaks with the portal, server to server.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Calls to the portal.
 */
final class Portal_Client {

	/** Longest wait for a call that changes something, in seconds. */
	const PATIENCE = 15;

	/** Longest wait while a person waits for a page, in seconds. */
	const GLANCE = 5;

	/** What ends a connection. */
	const ENDING = array( '/connect/v1/disconnect', '/connect/v1/notices' );

	/**
	 * Reads something.
	 *
	 * @param string $path Path below the portal's address.
	 * @return Answer
	 */
	public static function get( $path ) {
		return self::call( 'GET', $path, null, self::GLANCE );
	}

	/**
	 * Asks for something.
	 *
	 * @param string $path    Path below the portal's address.
	 * @param array  $body    What to send.
	 * @param int    $timeout Seconds.
	 * @return Answer
	 */
	public static function post( $path, $body, $timeout = self::PATIENCE ) {
		return self::call( 'POST', $path, $body, $timeout );
	}

	/**
	 * Tells something without waiting for an answer.
	 *
	 * @param string $path Path below the portal's address.
	 * @param array  $body What to send.
	 */
	public static function tell( $path, $body ) {
		if ( self::is_for_the_original( $path ) ) {
			return;
		}
		wp_remote_post( Config::api_url() . $path, array( 'blocking' => false ) + self::options( $body, 1 ) );
	}

	/**
	 * One call.
	 *
	 * @param string     $method  Method.
	 * @param string     $path    Path.
	 * @param array|null $body    What to send.
	 * @param int        $timeout Seconds.
	 * @return Answer
	 */
	private static function call( $method, $path, $body, $timeout ) {
		if ( self::is_for_the_original( $path ) ) {
			return new Answer( 0 );
		}
		$response = wp_remote_request( Config::api_url() . $path, array( 'method' => $method ) + self::options( $body, $timeout ) );
		if ( is_wp_error( $response ) ) {
			return new Answer( 0 );
		}
		$status  = (int) wp_remote_retrieve_response_code( $response );
		$decoded = json_decode( wp_remote_retrieve_body( $response ), true );
		if ( 204 !== $status && ! is_array( $decoded ) ) {
			// Something in between answered, not the portal. A "fine" from there means nothing.
			return new Answer( $status >= 400 ? $status : 502 );
		}
		return new Answer( $status, is_array( $decoded ) ? $decoded : array() );
	}

	/**
	 * Whether only the original may say this. A copy has its secret and its records, and what people do on the copy must not
	 * end what they have there. A site that really moved says it once its address is right; until then the portal sees by
	 * itself that a password is gone.
	 *
	 * @param string $path Path below the portal's address.
	 * @return bool
	 */
	private static function is_for_the_original( $path ) {
		return in_array( $path, self::ENDING, true ) && Config::moved();
	}

	/**
	 * Options of a call. The plain functions are used rather than the "safe" ones, which refuse private addresses:
	 * the portal's address comes from the site's own settings, never from a person, and redirects are not followed.
	 *
	 * @param array|null $body    What to send.
	 * @param int        $timeout Seconds.
	 * @return array
	 */
	private static function options( $body, $timeout ) {
		$options = array(
			'timeout'             => $timeout,
			'redirection'         => 0,
			'limit_response_size' => 65536,
			'user-agent'          => 'slipway-connect/' . VERSION,
			'headers'             => array(
				'Authorization' => 'Bearer ' . Config::get( 'SLIPWAY_SITE_SECRET' ),
				'Accept'        => 'application/json',
			),
		);
		if ( null !== $body ) {
			$options['headers']['Content-Type'] = 'application/json';
			$options['body']                    = wp_json_encode( $body );
		}
		return $options;
	}
}
