<?php
/**
 * What the portal still has to be told or asked: disconnects it has not heard of, connections it was still setting up.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Retries on later page loads and by cron, so that neither alone is needed.
 */
final class Outbox {

	const OPTION = 'slipway_connect_outbox';
	const CRON   = 'slipway_connect_tick';

	/** Seconds between two tries while people use the admin pages. */
	const PAUSE = 30;

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( self::CRON, array( __CLASS__, 'send' ) );
		add_action( self::CRON, array( __CLASS__, 'settle' ) );
		add_action( 'admin_init', array( __CLASS__, 'page' ) );
	}

	/**
	 * Remembers a pairing that is over.
	 *
	 * @param string $pairing Pairing.
	 */
	public static function add( $pairing ) {
		$open             = self::open();
		$open[ $pairing ] = $open[ $pairing ] ?? time();
		// The oldest go first if the portal should stay away for good; its own health check finds those.
		update_option( self::OPTION, array_slice( $open, -200, null, true ), false );
	}

	/**
	 * Tells the portal everything it does not know yet, and stops at the first sign that it is not there.
	 *
	 * @return bool Whether nothing is left.
	 */
	public static function send() {
		$open = self::open();
		foreach ( array_keys( $open ) as $pairing ) {
			$answer = Portal_Client::post( '/connect/v1/disconnect', array( 'pairing' => (string) $pairing ), Portal_Client::GLANCE );
			if ( ! $answer->ok() ) {
				self::again();
				return false;
			}
			unset( $open[ $pairing ] );
			update_option( self::OPTION, $open, false );
		}
		return true;
	}

	/**
	 * Looks at connections that were still being set up when their people left the page.
	 */
	public static function settle() {
		$users = get_users(
			array(
				'meta_key'     => Connection::META, // phpcs:ignore WordPress.DB.SlowDBQuery -- In the background, for a handful of rows.
				'meta_value'   => '"working"', // phpcs:ignore WordPress.DB.SlowDBQuery -- As above.
				'meta_compare' => 'LIKE',
				'fields'       => 'ID',
				'number'       => 50,
			)
		);
		foreach ( $users as $user ) {
			State::of( (int) $user );
		}
	}

	/**
	 * Asks cron to look after a person's connection.
	 *
	 * @param int $user User.
	 */
	public static function look_again( $user ) {
		delete_transient( 'slipway_pause' );
		self::again();
	}

	/**
	 * A page of the admin area is about to be shown.
	 */
	public static function page() {
		$record = Connection::of( get_current_user_id() );
		if ( wp_doing_ajax() || get_transient( 'slipway_pause' ) || ( ! self::open() && ( ! $record || 'working' !== $record['status'] ) ) ) {
			return;
		}
		set_transient( 'slipway_pause', 1, self::PAUSE );
		self::send();
		State::of( get_current_user_id() );
	}

	/**
	 * Pairings that the portal has not heard about.
	 *
	 * @return array
	 */
	private static function open() {
		$open = get_option( self::OPTION );
		return is_array( $open ) ? $open : array();
	}

	/**
	 * Asks cron for another try.
	 */
	private static function again() {
		if ( ! wp_next_scheduled( self::CRON ) ) {
			wp_schedule_single_event( time() + 60, self::CRON );
		}
	}
}
