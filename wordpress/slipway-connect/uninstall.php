<?php
/**
 * Removes everything the plugin made: credentials first, then its memory. Posts and people stay.
 *
 * @package Slipway_Connect
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/class-config.php';

/**
 * Revokes the chat's application passwords of all people and deletes what the plugin stored.
 */
function slipway_connect_uninstall() {
	global $wpdb;
	$app = Slipway_Connect\Config::app_id();
	// phpcs:disable WordPress.DB.SlowDBQuery, WordPress.DB.DirectDatabaseQuery -- Once, while the plugin is being removed.
	$users = get_users(
		array(
			'meta_key' => '_application_passwords',
			'fields'   => 'ID',
		)
	);
	foreach ( $users as $user ) {
		foreach ( WP_Application_Passwords::get_user_application_passwords( $user ) as $item ) {
			if ( '' !== $app && strtolower( (string) ( $item['app_id'] ?? '' ) ) === $app ) {
				WP_Application_Passwords::delete_application_password( $user, $item['uuid'] );
			}
		}
	}
	delete_metadata( 'user', 0, 'slipway_connect', '', true );
	// Whose account it is (slipway_subject) stays: without it, nobody would find theirs again.
	delete_metadata( 'user', 0, 'slipway_seen', '', true );
	delete_metadata( 'user', 0, 'slipway_address_moved', '', true );
	delete_option( 'slipway_connect_outbox' );
	wp_clear_scheduled_hook( 'slipway_connect_tick' );
	$wpdb->query(
		$wpdb->prepare(
			"DELETE FROM {$wpdb->options} WHERE option_name LIKE %s OR option_name LIKE %s",
			$wpdb->esc_like( '_transient_slipway_' ) . '%',
			$wpdb->esc_like( '_transient_timeout_slipway_' ) . '%'
		)
	);
	// phpcs:enable
	wp_cache_flush();
}
slipway_connect_uninstall();
