<?php
/**
 * Plugins belong to the site's image, not to a row in its database: a restored or emptied option must not unpair the site.
 *
 * @package Slipway_Guard
 */

defined( 'ABSPATH' ) || exit;

/**
 * Plugins that are on as long as their files are there. A missing one stays out: WordPress would strike it from the list
 * and save the list. The libraries are asked for too, because wordpress-mcp ends the request without them.
 *
 * @return string[]
 */
function slipway_guard_forced() {
	$forced = array( 'slipway-connect/slipway-connect.php' => array() );
	if ( Slipway_Guard\Oidc_Settings::complete() ) {
		$forced['daggerhart-openid-connect-generic/openid-connect-generic.php'] = array( 'vendor/autoload.php' );
	}
	$forced['wordpress-mcp/wordpress-mcp.php'] = array( 'vendor/autoload.php' );
	$there                                     = array();
	foreach ( $forced as $plugin => $needs ) {
		$folder  = WP_PLUGIN_DIR . '/' . dirname( $plugin );
		$missing = array_filter(
			array_merge( array( basename( $plugin ) ), $needs ),
			static function ( $file ) use ( $folder ) {
				return ! is_file( "$folder/$file" );
			}
		);
		if ( ! $missing ) {
			$there[] = $plugin;
		}
	}
	return $there;
}

/**
 * Adds them to the active ones, whatever the database says, and takes an OpenID plugin off that has no settings.
 *
 * @param mixed $plugins Active plugin files.
 * @return array
 */
function slipway_guard_active_plugins( $plugins ) {
	$ours    = array( 'slipway-connect/slipway-connect.php', 'daggerhart-openid-connect-generic/openid-connect-generic.php', 'wordpress-mcp/wordpress-mcp.php' );
	$plugins = array_diff( is_array( $plugins ) ? $plugins : array(), $ours );
	return array_values( array_merge( $plugins, slipway_guard_forced() ) );
}
add_filter( 'option_active_plugins', 'slipway_guard_active_plugins' );
add_filter( 'default_option_active_plugins', 'slipway_guard_active_plugins' );

/**
 * Takes away a Deactivate link that would do nothing.
 *
 * @param array  $links  Action links by name.
 * @param string $plugin Plugin file.
 * @return array
 */
function slipway_guard_plugin_links( $links, $plugin ) {
	if ( in_array( $plugin, slipway_guard_forced(), true ) ) {
		unset( $links['deactivate'] );
	}
	return $links;
}
add_filter( 'plugin_action_links', 'slipway_guard_plugin_links', PHP_INT_MAX, 2 );

// Inside a cluster the site speaks plain HTTP behind its ingress, where WordPress would switch application passwords off.
add_filter( 'wp_is_application_passwords_available', '__return_true', 100 );
