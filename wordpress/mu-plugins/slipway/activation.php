<?php
/**
 * The plugin belongs to the site, not to a row in its database: a restored or emptied option must not unpair the site.
 *
 * @package Slipway_Guard
 */

defined( 'ABSPATH' ) || exit;

/**
 * Adds the Slipway plugin to the active ones, whatever the database says.
 *
 * @param mixed $plugins Active plugin files.
 * @return array
 */
function slipway_guard_active_plugins( $plugins ) {
	$plugins = is_array( $plugins ) ? $plugins : array();
	$ours    = 'slipway-connect/slipway-connect.php';
	// WordPress would strike a missing file from the list and save the list, so a missing file stays out of it.
	if ( ! in_array( $ours, $plugins, true ) && is_file( WP_PLUGIN_DIR . '/' . $ours ) ) {
		$plugins[] = $ours;
	}
	return $plugins;
}
add_filter( 'option_active_plugins', 'slipway_guard_active_plugins' );
add_filter( 'default_option_active_plugins', 'slipway_guard_active_plugins' );

/**
 * Takes away a Deactivate link that would do nothing.
 *
 * @param array $links Action links by name.
 * @return array
 */
function slipway_guard_plugin_links( $links ) {
	unset( $links['deactivate'] );
	return $links;
}
add_filter( 'plugin_action_links_slipway-connect/slipway-connect.php', 'slipway_guard_plugin_links' );

// Inside a cluster the site speaks plain HTTP behind its ingress, where WordPress would switch application passwords off.
add_filter( 'wp_is_application_passwords_available', '__return_true', 100 );
