<?php
/**
 * Lets one request at a time change a person or their connection: two tabs, a double click and a cron run may all want to.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * A named lock of the database. It ends with the request at the latest.
 */
final class Lock {

	/**
	 * Runs something alone.
	 *
	 * @param int      $user User.
	 * @param callable $work What to run.
	 * @return mixed Its result, or null when the lock was not to be had.
	 */
	public static function alone( $user, $work ) {
		return self::named(
			$user,
			static function () use ( $user, $work ) {
				// Another request may have changed the person since this one read them.
				clean_user_cache( $user );
				wp_cache_delete( $user, 'user_meta' );
				return $work();
			}
		);
	}

	/**
	 * Runs something alone of its kind.
	 *
	 * @param int|string $what What is held.
	 * @param callable   $work What to run.
	 * @return mixed Its result, or null when the lock was not to be had.
	 */
	public static function named( $what, $work ) {
		global $wpdb;
		$name = 'slipway_' . substr( hash( 'sha256', DB_NAME . '|' . $wpdb->prefix . '|' . $what ), 0, 40 );
		if ( '1' !== (string) $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, 25)', $name ) ) ) { // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- A lock has no other interface.
			return null;
		}
		try {
			return $work();
		} finally {
			$wpdb->query( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', $name ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- As above.
		}
	}
}
