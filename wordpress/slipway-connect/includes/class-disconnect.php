<?php
/**
 * Ends a connection from this side. It is over here at once, whether or not the portal is up.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The Disconnect button, and the end of a user.
 */
final class Disconnect {

	const ACTION = 'slipway_disconnect';

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'admin_post_' . self::ACTION, array( __CLASS__, 'press' ) );
		// Their meta, and with it the password, is about to go; the portal should not hold on to it.
		add_action( 'delete_user', array( __CLASS__, 'now' ) );
	}

	/**
	 * The person pressed Disconnect.
	 */
	public static function press() {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( 'read' ) || 'POST' !== ( $_SERVER['REQUEST_METHOD'] ?? '' ) ) {
			wp_die( esc_html__( 'Sign in first.', 'slipway-connect' ), '', 403 );
		}
		if ( self::now( get_current_user_id() ) ) {
			Flash::and_back( 'success', __( 'Disconnected. The chat can no longer write on this site for you.', 'slipway-connect' ) );
		}
		Flash::and_back(
			'warning',
			__( 'Disconnected here: the chat can no longer write on this site for you.', 'slipway-connect' ),
			__( 'The portal does not answer, so it will be told as soon as it does. There is nothing for you to do.', 'slipway-connect' )
		);
	}

	/**
	 * Revokes first, then tells.
	 *
	 * @param int $user User.
	 * @return bool Whether the portal knows.
	 */
	public static function now( $user ) {
		$end      = static function () use ( $user ) {
			$record = Connection::of( $user );
			Passwords::remove_others( $user );
			Connection::forget( $user );
			return $record ? array_unique( array_filter( array( $record['pairing'], $record['before']['pairing'] ?? '' ) ) ) : array();
		};
		$pairings = Lock::alone( $user, $end );
		// Whoever says stop is not kept waiting by whatever holds the lock.
		foreach ( $pairings ?? $end() as $pairing ) {
			Outbox::add( $pairing );
		}
		return Outbox::send();
	}
}
