<?php
/**
 * Things that are valid once and for ten minutes: what a browser carries away and brings back.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Random values, and a store that gives each entry out once.
 */
final class One_Time {

	const SECONDS = 600;

	/**
	 * 256 random bits, as 43 characters that fit into a URL.
	 *
	 * @return string
	 */
	public static function random() {
		return self::encode( random_bytes( 32 ) );
	}

	/**
	 * The S256 challenge of a verifier (RFC 7636, section 4.2).
	 *
	 * @param string $verifier Verifier.
	 * @return string
	 */
	public static function challenge( $verifier ) {
		return self::encode( hash( 'sha256', $verifier, true ) );
	}

	/**
	 * Whether a text could be a value of ours or a code of the portal's.
	 *
	 * @param mixed $value Text.
	 * @return bool
	 */
	public static function is_token( $value ) {
		return is_string( $value ) && 1 === preg_match( '/^[A-Za-z0-9_-]{22,128}\z/', $value );
	}

	/**
	 * Keeps something under a state. Only a hash of the state is stored.
	 *
	 * @param string $kind  What it is for.
	 * @param string $state State.
	 * @param array  $data  What to keep.
	 */
	public static function put( $kind, $state, $data ) {
		set_transient( self::name( $kind, $state ), $data + array( 'until' => time() + self::SECONDS ), self::SECONDS );
	}

	/**
	 * Looks without taking.
	 *
	 * @param string $kind  What it is for.
	 * @param mixed  $state State.
	 * @return array|null
	 */
	public static function peek( $kind, $state ) {
		if ( ! self::is_token( $state ) ) {
			return null;
		}
		$data = get_transient( self::name( $kind, $state ) );
		return is_array( $data ) && time() <= ( $data['until'] ?? 0 ) ? $data : null;
	}

	/**
	 * Takes an entry out. Of two takers at the same time the database lets only one delete the row.
	 *
	 * @param string $kind  What it is for.
	 * @param mixed  $state State.
	 * @return array|null
	 */
	public static function take( $kind, $state ) {
		$data = self::peek( $kind, $state );
		return $data && delete_transient( self::name( $kind, $state ) ) ? $data : null;
	}

	/**
	 * Name of the entry.
	 *
	 * @param string $kind  What it is for.
	 * @param string $state State.
	 * @return string
	 */
	private static function name( $kind, $state ) {
		return 'slipway_' . $kind . '_' . substr( hash( 'sha256', $state ), 0, 40 );
	}

	/**
	 * Base64url without padding.
	 *
	 * @param string $bytes Bytes.
	 * @return string
	 */
	private static function encode( $bytes ) {
		return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- The encoding that RFC 7636 asks for.
	}
}
