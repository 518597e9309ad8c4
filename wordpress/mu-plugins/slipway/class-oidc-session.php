<?php
/**
 * Two things that the OpenID plugin leaves to chance: the provider's keys after they changed, and where a sign-out ends.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * The plugin (3.11) keeps the provider's keys for an hour in a transient and never asks again, so after a rotation nobody
 * could come in by it for that long. It also leads to whatever address WordPress shows after signing out, which says the
 * language; the provider knows the address without one.
 */
final class Oidc_Session {

	/** Name of the plugin's transient, before the hash of the keys' address. */
	const KEYS = 'openid_connect_jwks_';

	/** Seconds for which keys are kept: a key that was withdrawn counts no longer. */
	const FRESH = 300;

	/**
	 * Hooks in, when the OpenID plugin has its settings.
	 */
	public static function watch() {
		if ( ! Oidc_Settings::complete() ) {
			return;
		}
		add_filter( 'expiration_of_transient_' . self::keys(), array( __CLASS__, 'kept_for' ) );
		add_filter( 'http_response', array( __CLASS__, 'answered' ), 10, 3 );
		// Right before the plugin makes an address of the provider's of it.
		add_filter( 'logout_redirect', array( __CLASS__, 'signed_out' ), 98 );
	}

	/**
	 * Seconds for which keys are kept.
	 *
	 * @param int $seconds What the plugin asks for.
	 * @return int
	 */
	public static function kept_for( $seconds ) {
		return $seconds > 0 ? min( (int) $seconds, self::FRESH ) : self::FRESH;
	}

	/**
	 * Forgets the kept keys when a token came that is signed with another one. Only answers of the provider's own token
	 * address are looked at, so nobody else can make the site ask for keys.
	 *
	 * @param array  $response Answer.
	 * @param array  $args     How it was asked for.
	 * @param string $url      Address.
	 * @return array
	 */
	public static function answered( $response, $args, $url ) {
		if ( OIDC_ENDPOINT_TOKEN_URL !== $url ) {
			return $response;
		}
		$body  = json_decode( wp_remote_retrieve_body( $response ), true );
		$token = is_array( $body ) && is_string( $body['id_token'] ?? null ) ? $body['id_token'] : '';
		// The head of a signed token (RFC 7515, section 3.1).
		$head = json_decode( (string) base64_decode( strtr( strtok( $token, '.' ), '-_', '+/' ), false ), true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- The encoding that RFC 7515 asks for.
		$kept = get_transient( self::keys() );
		if ( isset( $head['kid'], $kept['keys'] ) && ! in_array( $head['kid'], array_column( (array) $kept['keys'], 'kid' ), true ) ) {
			delete_transient( self::keys() );
		}
		return $response;
	}

	/**
	 * Where a sign-out ends: an address that the portal registered with the provider, which compares to the letter.
	 *
	 * @return string
	 */
	public static function signed_out() {
		$site  = untrailingslashit( (string) get_option( 'siteurl' ) );
		$login = 'wp-login.php' === basename( (string) wp_parse_url( wp_login_url(), PHP_URL_PATH ) );
		return $site . ( $login ? '/wp-login.php?loggedout=true' : '/' );
	}

	/**
	 * Name of the transient with the keys.
	 *
	 * @return string
	 */
	private static function keys() {
		return self::KEYS . md5( OIDC_ENDPOINT_JWKS_URL );
	}
}
