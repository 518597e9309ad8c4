<?php
/**
 * Tells whether this request came in by a credential that Slipway's Connect button made.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * The credential of the running request.
 */
final class Credential {

	/**
	 * True from the moment our application password signed somebody in, until the request ends.
	 *
	 * @var bool
	 */
	private static $ours = false;

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'application_password_did_authenticate', array( __CLASS__, 'note' ), 10, 2 );
		add_action( 'wp_authenticate_application_password_errors', array( __CLASS__, 'rest_only' ), 10, 3 );
	}

	/**
	 * Whether the narrowing applies.
	 *
	 * @return bool
	 */
	public static function is_ours() {
		return self::$ours;
	}

	/**
	 * Whether an application password belongs to Slipway.
	 *
	 * @param mixed $item Stored entry.
	 * @return bool
	 */
	public static function made( $item ) {
		$app = defined( 'SLIPWAY_APP_ID' ) ? SLIPWAY_APP_ID : (string) getenv( 'SLIPWAY_APP_ID' );
		return '' !== $app && is_array( $item ) && isset( $item['app_id'] ) && strtolower( $app ) === strtolower( (string) $item['app_id'] );
	}

	/**
	 * Remembers a sign-in by our credential.
	 *
	 * @param \WP_User $user Who signed in.
	 * @param array    $item The credential.
	 */
	public static function note( $user, $item ) {
		if ( self::made( $item ) ) {
			self::$ours = true;
		}
	}

	/**
	 * Other plugins may open application passwords to more than REST; ours stays with REST, where routes can be checked.
	 *
	 * @param \WP_Error $error To be filled.
	 * @param \WP_User  $user  Who signs in.
	 * @param array     $item  The credential.
	 */
	public static function rest_only( $error, $user, $item ) {
		if ( self::made( $item ) && ! ( defined( 'REST_REQUEST' ) && REST_REQUEST ) ) {
			$error->add( 'slipway_not_allowed', 'This credential is for the REST API only.' );
		}
	}
}
